import { expect, test } from 'vitest'
import { createAuth, AuthError, hasRole } from '@authchart/core'

test('signs in, renews, signs out', async () => {
  let n = 0
  const calls: string[] = []
  const grant = () => ({ accessToken: `a${++n}`, refreshToken: `r${n}`, expiresIn: 3600 })
  const auth = createAuth({
    client: {
      origin: 'https://api.test',
      async signIn(c: { email: string; password: string }) {
        calls.push('signIn')
        if (c.password !== 'ok') throw new AuthError('invalid-credentials')
        return grant()
      },
      async getUser() { return { id: '1', name: 'Ann', role: 'admin' } },
      async refresh({ refreshToken }) { calls.push(`refresh ${refreshToken}`); return grant() },
      async signOut({ accessToken }) { calls.push(`signOut ${accessToken}`) },
    },
    guards: { isAdmin: hasRole('admin'), isEditor: hasRole('editor') },
    fetch: async (_i, init) => { calls.push(String(new Headers(init?.headers).get('authorization'))); return new Response('hi') },
  })
  const seen: string[] = []
  auth.subscribe((s) => seen.push(s.status))
  expect(auth.getState().status).toBe('restoring')
  await expect(auth.signIn({ email: 'a', password: 'no' })).rejects.toMatchObject({ code: 'invalid-credentials' })
  expect(auth.getState()).toMatchObject({ status: 'anonymous', error: { code: 'invalid-credentials' } })
  expect(await auth.signIn({ email: 'a', password: 'ok' })).toMatchObject({ name: 'Ann' })
  expect(auth.can('isAdmin')).toBe(true)
  expect(auth.can('isEditor')).toBe(false)
  await auth.refresh()
  expect(await (await auth.fetch('https://api.test/x')).text()).toBe('hi')
  expect(await auth.requireUser({ guard: 'isAdmin' })).toMatchObject({ id: '1' })
  expect(await auth.signOut()).toEqual({ revoked: 'yes' })
  expect(seen).toEqual(['authenticating','anonymous','authenticating','authenticated','refreshing','authenticated','signingOut','signedOut'])
  expect(calls).toEqual(['signIn','signIn','refresh r1','Bearer a2','signOut a2'])
  auth.destroy()
  await expect(auth.signIn({ email: 'a', password: 'ok' })).rejects.toMatchObject({ code: 'destroyed' })
})
