import { start } from '../src/start'
import { outlines } from './outlines'

// The one place where src and patches meet: register.js loads it, with what every start needs, as one file (see bundle.js).
export const begin = (): void => start(outlines)
