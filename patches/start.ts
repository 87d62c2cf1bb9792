import { start } from '../src/start'
import { outlines } from './outlines'

// The one place where src and patches meet. With all that they import it is bundled into one file, which is what register.js loads:
// to find and to read fifty files takes as long as all the rest of a start.
start(outlines)
