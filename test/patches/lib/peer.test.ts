import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { test } from 'node:test'
import { peerOf, plain } from '../../../patches/lib/peer'

test('an IPv4 address that came by an IPv6 socket is told as what it is', () => {
  assert.deepEqual(['::ffff:1.2.3.4', '::ffff:1', '::1', '1.2.3.4', undefined].map(plain), ['1.2.3.4', '::ffff:1', '::1', '1.2.3.4', undefined])
})

/** Who is at the other end; what is spoken with it others find out. */
function told (socket: unknown): object {
  const { address, port } = peerOf(socket)
  return { address, port }
}

test('a socket tells who is at its other end, and stays as it is; nothing is known of one that is not connected', async () => {
  const server = createServer().listen(0, '::')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  assert.deepEqual(told(client), { address: undefined, port: undefined })
  const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]) as [[Socket], unknown]
  const keys = Reflect.ownKeys(accepted)
  const caller = { address: '127.0.0.1', port: client.localPort }
  assert.deepEqual(told(accepted), caller)
  assert.deepEqual(told(client), { address: '127.0.0.1', port })
  assert.deepEqual(Reflect.ownKeys(accepted), keys)
  accepted.destroy()
  client.destroy()
  await once(server.close(), 'close')
  assert.deepEqual(told(accepted), caller)
  const stranger = connect(port, '127.0.0.1').on('error', () => {})
  stranger.destroy()
  assert.deepEqual(told(stranger), { address: undefined, port: undefined })
  assert.deepEqual(told({ remoteAddress: '::ffff:10.0.0.1', remotePort: 80 }), { address: '10.0.0.1', port: 80 })
})
