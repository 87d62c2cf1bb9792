import { pools } from '../pools'

pools('workerpool: a task goes on with the request that queued it', 'workerpool.js', { args: ['thread'] })
