import { describe, expect, it } from 'vitest'
import { ann, bob, drain, DUE, grant, openTab, refreshing, tolerantClient } from './support.ts'

describe('an answer without what it must hold', () => {
  it.each([
    ['no refresh token', { accessToken: 'access-2', expiresIn: 3600 }],
    ['no access token', { refreshToken: 'refresh-2' }],
    ['an empty refresh token', { accessToken: 'access-2', refreshToken: '' }],
    ['a refresh token in a list', { accessToken: 'access-2', refreshToken: ['refresh-2'] }],
    ['a token with a line break', { accessToken: 'a\r\nX-Evil: 1', refreshToken: 'refresh-2' }],
    ['nothing', {}],
    ['null', null],
    ['undefined', undefined],
    ['a page', '<!doctype html>'],
    ['a list', []],
    ['a number', 7],
  ])('%s as the answer to a renewal leaves open whether it was spent [33, 39, 40, 47]', async (_, answer) => {
    const { auth, client } = await refreshing()
    client.next('refresh').answer(answer)
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann, renewal: 'indeterminate' })
    expect(await auth.getAccessToken()).toBe('access-1')
  })

  it.each([
    ['absent', {}],
    ['undefined', { refreshToken: undefined }],
    ['null', { refreshToken: null }],
  ])('an %s refresh token means the same one goes on, where replays are tolerated', async (_, more) => {
    const client = tolerantClient()
    const { auth, stored } = await refreshing({ client })
    client.next('refresh').answer({ accessToken: 'access-2', expiresIn: 3600, user: ann, ...more })
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
    expect(await stored()).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-1' })
  })

  it.each([
    ['null', null],
    ['an empty text', ''],
    ['a number', 0],
  ])('%s as the user does not take the user off the screen', async (_, user) => {
    const { auth, client } = await refreshing()
    client.next('refresh').answer({ ...grant(2), user })
    await drain()
    expect(auth.getState()).toMatchObject({ user: ann })
  })
})

describe('an answer for another user [35]', () => {
  const jwt = (sub: string): string => `h.${btoa(JSON.stringify({ sub }))}.s`

  it('an answer for another user, known by the user, ends the session for safety, and the other user is never shown', async () => {
    const { auth, client, stored } = await refreshing()
    const seen: unknown[] = []
    auth.subscribe((state) => void seen.push(state))
    client.next('refresh').answer(grant(2, bob))
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch', lastUser: ann })
    expect(JSON.stringify(seen)).not.toContain(bob.name)
    expect(await stored()).not.toHaveProperty('refreshToken')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' })
  })

  it('an answer for another user is known by the subject of the token', async () => {
    const tab = openTab()
    await tab.signIn(ann, 1, { accessToken: jwt('u1') })
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer({ ...grant(2, null), accessToken: jwt('u2') })
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch', lastUser: ann })
    expect(tab.client.counts.getUser).toBe(0)
  })

  it('an answer for another user is known by getUser, where neither token nor answer says whom it is for; no request carries that token', async () => {
    const { auth, client, server } = await refreshing()
    client.next('refresh').answer(grant(2, null))
    await drain()
    void auth.fetch('https://api.test/posts')
    await drain()
    client.next('getUser').answer(bob)
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch' })
    expect(server.tokens()).toEqual(['access-1'])
  })

  it('an answer for another user is not suspected when getUser fails: the session goes on, and the server is asked again', async () => {
    const { auth, client, clock } = await refreshing()
    client.next('refresh').answer(grant(2, null))
    await drain()
    client.next('getUser').fail('network')
    await drain()
    // the old token is as good as before; the new one is not used until it is known whose it is
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'waiting', user: ann })
    expect(await auth.getAccessToken()).toBe('access-1')
    clock.advance(1000)
    await drain()
    expect(client.spent).toEqual(['refresh-1'])
    client.next('getUser').answer(bob)
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch', lastUser: ann })
  })
})
