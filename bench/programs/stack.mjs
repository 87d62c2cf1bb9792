// An application of ES modules, as far as its imports.
import 'express'
import 'ioredis'
import 'pg'
import { started } from '../apps/meter.js'

process.on('exit', () => started())
