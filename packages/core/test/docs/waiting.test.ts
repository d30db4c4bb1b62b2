import { createAuth, hasRole } from '@authchart/core'
import { drain, fakeClock, fakeNetwork, scriptedClient } from '@authchart/core/testing'
import { expect, test } from 'vitest'

interface User {
  readonly id: string
  readonly role: string
}

test('an editor stays signed in while the server is too busy to renew the token', async () => {
  const client = scriptedClient<User, { email: string; password: string }>()
  const clock = fakeClock()
  const guards = { isEditor: hasRole('editor') }
  const auth = createAuth({ client, clock, guards, network: fakeNetwork() })

  const signedIn = auth.signIn({ email: 'ann@example.com', password: '…' })
  await drain()
  const user = { id: '1', role: 'editor' }
  client.next('signIn').answer({ accessToken: 'access-1', refreshToken: 'refresh-1', expiresIn: 3600, user })
  await signedIn

  clock.advance(45 * 60_000) // past the time at which the token is renewed
  await drain()
  client.next('refresh').fail('rate-limited')
  await drain()
  expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'waiting' })
  expect(auth.can('isEditor')).toBe(true)
  expect(client.spent).toEqual(['refresh-1'])
})
