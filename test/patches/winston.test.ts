import { records } from '../records'

const message = ({ message }: any): string => message
records('winston: the ids on every record, but where the application has set them', 'winston.js', `
plain  linked
meta  linked
object  linked
own  trace_id=mine
child  linked
linked  trace_id=mine
shaped  linked
failed  linked
teapot  linked
aborted  linked`, message)
records('winston: of an ES module', 'winston.mjs', 'plain  linked', message)
records('winston: other names', 'winston.mjs', 'plain  linked', message, { env: { AUTOSPAN_LOG_FIELDS: 'traceId,spanId,flags' } }, ['traceId', 'spanId', 'flags'])
records('winston: switched off', 'winston.mjs', 'plain', message, { env: { AUTOSPAN_WINSTON: 'off' } })
