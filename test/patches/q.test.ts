import { contexts } from '../contexts'

contexts('q: what waits for a promise goes on in its own request, whoever keeps the promise', 'q.js')
