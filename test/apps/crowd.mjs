import http from 'node:http'

/** Thirty requests at once for /users/:id and /posts/:id; whoever serves them asks for /inner/:id of himself, after a while. */
export async function crowd (server) {
  const { port } = server.address()
  await Promise.all(Array.from({ length: 30 }, (_, i) => get(port, `/${i % 2 ? 'users' : 'posts'}/${i}`)))
  server.close()
}

export const get = (port, path) => new Promise((resolve, reject) => {
  http.get({ host: '127.0.0.1', port, path, agent: false }, res => {
    let body = ''
    res.setEncoding('utf8').on('data', text => { body += text }).on('end', () => resolve(body))
  }).on('error', reject)
})

export async function work (port, id) {
  await new Promise(resolve => setTimeout(resolve, (id * 7) % 20))
  return get(port, `/inner/${id}`)
}
