import { AuthError, hasRecentSignIn, hasRole } from '@authchart/core'
import { drain, fakeClock, signedInAuth } from '@authchart/core/testing'
import { expect, test } from 'vitest'
import { ann, HOUR } from './support.ts'

const guards = { isEditor: hasRole('editor'), isAdmin: hasRole('admin'), isFresh: hasRecentSignIn(60_000) }

test('an auth for the test of a component has its user at once, and its guards answer [W6]', async () => {
  const auth = await signedInAuth(ann, { guards })
  expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann, confirmed: true, renewal: 'idle' })
  expect(auth.can('isEditor')).toBe(true)
  expect(auth.can('isAdmin')).toBe(false)
  expect(auth.can('isFresh')).toBe(true)
  await expect(auth.requireUser({ guard: 'isEditor' })).resolves.toEqual(ann)
})

test('the sign-out of a signed-in auth settles, and a sign-in by a form brings the same user back [W6]', async () => {
  const auth = await signedInAuth(ann)
  await expect(auth.signOut()).resolves.toEqual({ revoked: 'yes' })
  await drain()
  expect(auth.getState()).toMatchObject({ status: 'signedOut', user: null })

  await expect(auth.signIn({ email: 'ann@example.test', password: 'correct horse' })).resolves.toEqual(ann)
})

test('a signed-in auth renews when its token is due, and asks the server of the test what it was told to [W6]', async () => {
  const clock = fakeClock()
  const promoted = { ...ann, role: 'admin' }
  const auth = await signedInAuth(ann, { guards, clock, client: { getUser: async () => promoted } })
  const generations: number[] = []
  auth.onToken((generation) => generations.push(generation))
  clock.advance(HOUR)
  await drain()
  expect(generations).toHaveLength(1)
  expect(auth.can('isFresh')).toBe(false)

  await auth.reloadUser()
  expect(auth.can('isAdmin')).toBe(true)
})

test('a signed-in auth shows what an unreachable server does to a screen [W6]', async () => {
  const fail = () => Promise.reject(new AuthError('network'))
  const auth = await signedInAuth(ann, { client: { signIn: fail, signOut: fail } })
  expect(auth.getState().user).toEqual(ann)
  await expect(auth.signOut()).resolves.toEqual({ revoked: 'unknown' })
  await expect(auth.signIn({})).rejects.toMatchObject({ code: 'network' })
})

test('a user whom nothing names is refused, unless the client says who it is [W6]', async () => {
  const named = { email: 'ann@example.test' }
  await expect(signedInAuth(named)).rejects.toMatchObject({ code: 'invalid-response' })
  const auth = await signedInAuth(named, { client: { userId: ({ email }) => email } })
  expect(auth.getState().user).toEqual(named)
})
