import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { signedInFor, startApi } from './api.ts'
import { openSocket } from './socket.ts'

/** A server of sockets that answers the token it is shown. */
async function startSockets() {
  const { server, url } = await startApi('access-1')
  const sockets = new WebSocketServer({ server })
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate()
  })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`hello ${String(data)}`)))
  return { sockets, url, address: url.replace('http', 'ws') }
}

test('a new access token opens a new socket, and a sign-out closes it [W4]', async () => {
  const { sockets, url, address } = await startSockets()
  const auth = signedInFor(url)
  const texts: string[] = []
  onTestFinished(openSocket(auth, address, (text) => texts.push(text)))
  await vi.waitUntil(() => texts.length === 1)

  await auth.refresh()
  await vi.waitUntil(() => texts.length === 2)
  expect(texts).toEqual(['hello {"token":"access-1"}', 'hello {"token":"access-2"}'])
  await vi.waitUntil(() => sockets.clients.size === 1)

  const [last] = sockets.clients
  const closed = once(last!, 'close')
  await auth.signOut()
  await closed
  expect(sockets.clients.size).toBe(0)
})

test('a socket opens with the sign-in, if no user was signed in before [W4]', async () => {
  const { url, address } = await startSockets()
  const auth = signedInFor(url)
  await auth.signOut()
  const texts: string[] = []
  onTestFinished(openSocket(auth, address, (text) => texts.push(text)))
  await auth.signIn({})
  await vi.waitUntil(() => texts.length === 1)
  expect(texts).toEqual(['hello {"token":"access-2"}'])
})

test('a socket that is stopped while it asks for the token is never opened [W4]', async () => {
  const { sockets, url, address } = await startSockets()
  const auth = signedInFor(url)
  openSocket(auth, address, () => {})()
  await auth.getAccessToken()
  // a later connection would be seen before this one
  const [other] = await Promise.all([once(sockets, 'connection'), once(new WebSocket(address), 'open')])
  expect(other).toBeDefined()
  expect(sockets.clients.size).toBe(1)
})
