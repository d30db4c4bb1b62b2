import { createAuth } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
import { fakeClock, fakeNetwork } from '@authchart/core/testing'
import { worldHandlers } from '@authchart/core/testing/msw'
import { createWorld } from '@authchart/core/testing/world'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const ann = { email: 'ann@example.com', password: 'correct horse' }
const server = setupServer()
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterAll(() => server.close())

/** The app as it is, with the platform's own fetch. */
function open() {
  const clock = fakeClock()
  const world = createWorld({ origin: 'https://api-client.bkend.ai', clock })
  server.use(...worldHandlers(world))
  const auth = createAuth({ client: bkend({ publishableKey: 'pk_test' }), clock, network: fakeNetwork() })
  onTestFinished(() => {
    auth.destroy()
    server.resetHandlers()
  })
  return { auth, world, url: `${world.origin}/v1/notes` }
}

test('an app with handlers of a world signs in, renews a refused token and reads its data', async () => {
  const { auth, world, url } = open()
  await expect(auth.signIn(ann)).resolves.toMatchObject({ id: 'u-ann', name: 'Ann', role: 'admin' })
  world.server.expireAccess()

  const response = await auth.fetch(url)
  expect([response.status, await response.text()]).toEqual([200, 'answer'])
  expect(world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
})

test('a network that fails in the world fails for the app', async () => {
  const { auth, world } = open()
  world.server.fault({ kind: 'lostBefore', method: 'signIn' })

  await expect(auth.signIn(ann)).rejects.toMatchObject({ code: 'network' })
  await expect(auth.signIn(ann)).resolves.toMatchObject({ id: 'u-ann' })
})

test('a wrong password is refused by the handlers as by bkend', async () => {
  const { auth } = open()
  await expect(auth.signIn({ ...ann, password: 'wrong horse' })).rejects.toMatchObject({
    code: 'invalid-credentials',
    serverCode: 'auth/invalid-credentials',
  })
})
