# `make`: the headers that Jaeger's client for Ruby would send. `read`: what it takes from the headers on stdin.
require 'json'
require 'jaeger/client'

RACK = OpenTracing::FORMAT_RACK
CODECS = {
  'Jaeger' => [Jaeger::Injectors::JaegerRackCodec, Jaeger::Extractors::JaegerRackCodec],
  'B3' => [Jaeger::Injectors::B3RackCodec, Jaeger::Extractors::B3RackCodec],
  'W3C' => [Jaeger::Injectors::TraceContextRackCodec, Jaeger::Extractors::TraceContextRackCodec]
}.freeze

def tracer(codec, sampled)
  injector, extractor = CODECS[codec]
  Jaeger::Client.build(service_name: 'peer', reporter: Jaeger::Reporters::InMemoryReporter.new, sampler: Jaeger::Samplers::Const.new(sampled),
                       injectors: { RACK => [injector] }, extractors: { RACK => [extractor] })
end

if ARGV[0] == 'make'
  made = CODECS.keys.flat_map do |codec|
    [['sampled', true, 1], ['not sampled', false, 0], ['debug', true, 3]].map do |about, sampled, flags|
      context = tracer(codec, sampled).start_span('call').context
      context.flags = flags
      baggage = codec == 'Jaeger' ? { 'user' => 'a b, c+d' } : {}
      baggage.each { |key, value| context.set_baggage_item(key, value) }
      headers = {}
      tracer(codec, sampled).inject(context, RACK, headers)
      # In W3C there is no word for debug.
      { about: "#{codec}, #{about}", headers: headers, traceId: context.to_trace_id, spanId: context.to_span_id, sampled: sampled,
        debug: flags == 3 && codec != 'W3C', baggage: baggage }
    end
  end
  puts JSON.generate(made)
else
  read = JSON.parse($stdin.read).flat_map do |headers|
    rack = headers.map { |name, value| ["HTTP_#{name.upcase.tr('-', '_')}", value] }.to_h
    [CODECS.keys.map do |codec|
      context = tracer(codec, true).extract(RACK, rack)
      context && { traceId: context.to_trace_id, spanId: context.to_span_id, sampled: context.sampled? || context.debug?,
                   debug: codec == 'W3C' ? nil : context.debug?, baggage: codec == 'Jaeger' ? context.baggage : nil }.compact
    end]
  end
  puts JSON.generate(read)
end
