/** What docs/offline.md says, seen on a real auth in a world without a network. */
import { hasRole, type AuthState } from '@authchart/core'
import { createTestAuth } from '@authchart/core/testing'
import { expect, test } from 'vitest'
import { MINUTE, watch } from '../support.ts'
import { readFile } from './documents.ts'

const ann = { id: '1', name: 'Ann', role: 'admin' }
const guards = { isAdmin: hasRole('admin') }
const origin = 'https://api.example'
const unreachable = () => Promise.reject(new TypeError('Failed to fetch'))
const offline = { status: 'authenticated', renewal: 'waiting', error: { code: 'offline' } } as const

test('a user who is offline for a day stays signed in with open guards, and is renewed when the network is back', async () => {
  const auth = createTestAuth({ user: ann, guards, allowedOrigins: [origin], fetch: unreachable })
  await auth.world.goOffline()
  expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
  await expect(auth.fetch(`${origin}/notes`)).rejects.toBeInstanceOf(TypeError)

  await expect(auth.refresh()).rejects.toMatchObject({ code: 'offline' })

  await auth.world.advance(40 * MINUTE)
  expect(auth.getState()).toMatchObject(offline)
  await expect(auth.getAccessToken()).resolves.toBe('access-1')

  await auth.world.advance(24 * 60 * MINUTE)
  expect(auth.getState()).toMatchObject(offline)
  expect(auth.can('isAdmin')).toBe(true)
  for (const asked of [auth.getAccessToken(), auth.fetch(`${origin}/notes`), auth.refresh()])
    await expect(asked).rejects.toMatchObject({ code: 'offline' })

  await auth.world.goOnline()
  expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
})

test('a page that opens without a network shows the user with closed guards until the server has answered', async () => {
  const auth = createTestAuth({ status: 'restoring', user: ann, guards })
  await auth.world.goOffline()
  const user = watch(auth.requireUser())
  const admin = watch(auth.requireUser({ guard: 'isAdmin' }))
  await auth.world.answer()
  expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann, confirmed: false })
  expect([user.now, admin.now, auth.can('isAdmin')]).toEqual(['resolved', 'pending', false])
  await auth.world.advance(30_000)
  expect(admin.now).toBe('timeout')

  await auth.world.goOnline()
  await auth.world.answer()
  expect(auth.getState()).toMatchObject({ confirmed: true })
  expect(auth.can('isAdmin')).toBe(true)
})

test('a sign-in without a network fails, and a sign-out is one all the same', async () => {
  const auth = createTestAuth({ user: ann, guards })
  await auth.world.goOffline()
  await expect(auth.signIn({})).rejects.toMatchObject({ code: 'network' })
  expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
  await expect(auth.signOut()).resolves.toEqual({ revoked: 'unknown' })
  expect(auth.getState()).toMatchObject({ status: 'signedOut', reason: 'signed-out' } satisfies Partial<AuthState>)
})

test('docs/offline.md has these words for the app', () => {
  const page = readFile('docs/offline.md')
  for (const word of ["'waiting'", "'indeterminate'", '`offline`', '`network`', '`timeout`', 'revoked'])
    expect(page).toContain(word)
})
