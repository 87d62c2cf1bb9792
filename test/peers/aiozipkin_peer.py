# `make`: the headers that aiozipkin would send. `read`: what it takes from the headers on stdin.
import json
import sys

import aiozipkin
from aiozipkin.helpers import make_context
from aiozipkin.sampler import Sampler
from aiozipkin.tracer import Tracer
from aiozipkin.transport import StubTransport

if sys.argv[1] == 'make':
    tracer = Tracer(StubTransport(), Sampler(sample_rate=1.0), aiozipkin.create_endpoint('peer'))
    made = []
    for about, options in [('sampled', {'sampled': True}), ('not sampled', {'sampled': False}), ('debug', {'sampled': True, 'debug': True})]:
        context = tracer.new_child(tracer.new_trace(**options).context).context
        told = {'traceId': context.trace_id, 'spanId': context.span_id, 'sampled': context.sampled}
        # Its several headers have no word for debug.
        made.append({'about': about + ', several headers', 'headers': context.make_headers(), 'debug': False, **told})
        made.append({'about': about + ', one header', 'headers': context.make_single_header(), 'debug': context.debug, **told})
    print(json.dumps(made))
else:
    read = []
    for headers in json.load(sys.stdin):
        context = make_context(headers)
        read.append(context and {'traceId': context.trace_id, 'spanId': context.span_id, 'sampled': context.sampled})
    print(json.dumps(read))
