import assert from 'node:assert/strict'
import { test } from 'node:test'
import { protobuf, json } from '../../src/export/otlp'
import { fromJson, fromProtobuf } from '../collector'
import { HOSTILE } from '../hostile'
import { alwaysOn } from '../../src/trace/sampler'
import { root, sampleWith } from '../../src/trace/tracer'

sampleWith(alwaysOn)
for (const [what, value] of Object.entries(HOSTILE)) {
  test(`${what}, wherever a span takes something: nothing is thrown, what else it was told is exported`, () => {
    const span = root('internal', 'test', undefined) as any
    span.setAttribute('before', 1).setAttribute('key', value).setAttribute('list', [value]).setAttribute(value, 1).setAttributes({ key: value }).setAttributes(value)
    span.addEvent('event', value).addEvent('event', { key: value }).addEvent('timed', {}, value).addEvent(value).addLink(value).addLink({ context: value }).addLinks(value).addLinks([value])
    span.setStatus(value).setStatus({ code: value, message: value }).updateName(value).updateName('name').recordException(value)
    span.setAttribute('sampling.priority', value).setAttribute('after', 2)
    span.fail(value)
    span.end(value)
    for (const [seen] of [fromProtobuf(protobuf([span], {})), fromJson(JSON.parse(json([span], {})))]) {
      assert.deepEqual([seen.name, seen.attributes.before, seen.attributes.after], ['name', 1, 2])
      assert.equal(seen.status.code, value === undefined || value === null ? seen.status.code : 2)
    }
  })
}
