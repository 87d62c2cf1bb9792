import { Piscina } from 'piscina'
import { createRequire } from 'node:module'
import { serve } from './pool.js'

const pool = new Piscina({ filename: createRequire(import.meta.url).resolve('./pool-task'), maxThreads: 1 })
serve(task => pool.run(task), () => pool.destroy())
