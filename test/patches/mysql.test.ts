import { contexts } from '../contexts'

contexts('mysql, mysql2: what is called with an answer goes on in its own request, whoever opened the connection', 'mysql.js')
