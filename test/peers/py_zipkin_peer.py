# `make`: the headers that py_zipkin would send. `read`: the span that it reports for a request with the headers on stdin.
import json
import sys

from py_zipkin import Encoding
from py_zipkin.transport import BaseTransportHandler
from py_zipkin.zipkin import ZipkinAttrs, create_http_headers_for_new_span, zipkin_span


class Memory(BaseTransportHandler):
    def __init__(self):
        self.sent = []

    def get_max_payload_bytes(self):
        return None

    def send(self, payload):
        self.sent += json.loads(payload)


def span(memory, **options):
    return zipkin_span(service_name='peer', span_name='call', transport_handler=memory, encoding=Encoding.V2_JSON, **options)


if sys.argv[1] == 'make':
    made = []
    for about, options in [('64 bits', {'sample_rate': 100.0}), ('128 bits', {'sample_rate': 100.0, 'use_128bit_trace_id': True}),
                           ('not sampled', {'sample_rate': 0.0})]:
        with span(Memory(), **options) as current:
            headers = create_http_headers_for_new_span()
            attrs = current.zipkin_attrs
        made.append({'about': about, 'headers': headers, 'traceId': attrs.trace_id, 'spanId': headers['X-B3-SpanId'],
                     'sampled': attrs.is_sampled, 'debug': False})
    print(json.dumps(made))
else:
    read = []
    for headers in json.load(sys.stdin):
        memory = Memory()
        # As its README tells a server to do it.
        attrs = ZipkinAttrs(trace_id=headers['x-b3-traceid'], span_id=headers['x-b3-spanid'], parent_span_id=headers.get('x-b3-parentspanid'),
                            flags=headers.get('x-b3-flags', '0'), is_sampled=headers['x-b3-sampled'] == '1')
        with span(memory, zipkin_attrs=attrs):
            pass
        told = memory.sent[0] if memory.sent else {'traceId': attrs.trace_id, 'id': attrs.span_id}
        read.append({'traceId': told['traceId'], 'spanId': told['id'], 'sampled': len(memory.sent) > 0})
    print(json.dumps(read))
