import { contexts } from '../contexts'

contexts('bluebird: what waits for a promise goes on in its own request, whoever keeps the promise', 'bluebird.js')
