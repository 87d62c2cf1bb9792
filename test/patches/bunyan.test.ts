import { records } from '../records'

const message = ({ msg }: any): string => msg
records('bunyan: the ids on every record, but where the application has set them', 'bunyan.js', `
plain  linked
child  linked
linked  trace_id=mine
own  span_id=mine
failed  linked
raw  linked`, message)
records('bunyan: switched off', 'bunyan.js', `
plain
child
linked  trace_id=mine
own  span_id=mine
failed
raw`, message, { env: { AUTOSPAN_BUNYAN: 'off' } })
