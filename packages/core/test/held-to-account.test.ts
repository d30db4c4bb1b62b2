/** Rows of the catalogue that were found open once. */
import { describe, expect, it } from 'vitest'
import { fieldsOf } from './jwt.ts'
import { annsPassword, createDisk, drain, DUE, grant, HOUR, openTab, refreshing, watch } from './support.ts'

describe('a page that comes back from the back-forward cache', () => {
  it('a page that comes back from the back-forward cache keeps its guards closed although the client cannot be asked who is signed in [26]', async () => {
    const { auth, client, network, signIn } = openTab({ without: ['getUser'] })
    await signIn()
    expect(auth.can('isEditor')).toBe(true)
    network.wake(true)
    expect(auth.can('isEditor')).toBe(false)
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    expect(auth.can('isEditor')).toBe(true)
  })

  it('a page that comes back from the back-forward cache has forgotten the password of a sign-in that waited for its second factor [112]', async () => {
    const { auth, client, network } = openTab()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer({ challenge: { kind: 'totp', handle: annsPassword } })
    await drain()
    expect(signedIn.now).toBe('challenge-required')
    network.wake(true)
    expect(auth.getState()).toMatchObject({ status: 'anonymous', error: { code: 'challenge-expired' } })
    await expect(auth.answerChallenge({ code: '123456' })).rejects.toMatchObject({ code: 'no-challenge' })
    expect(client.counts.answerChallenge).toBe(0)
  })

  it('a page that comes back from the back-forward cache goes on waiting for the second factor when it merely became visible', async () => {
    const { auth, client, network } = openTab()
    void auth.signIn(annsPassword).catch(() => {})
    await drain()
    client.next('signIn').answer({ challenge: { kind: 'totp', handle: annsPassword } })
    await drain()
    network.wake()
    expect(auth.getState().status).toBe('challenged')
  })
})

describe('a server that says it rotates, and hands out the token that was just spent', () => {
  it('a server that says it rotates, and hands out the token that was just spent is not believed: the outcome is unknown, and the token is not shown again [34]', async () => {
    const { auth, client, clock } = await refreshing()
    client.next('refresh').answer({ ...grant(2), refreshToken: 'refresh-1' })
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
    clock.advance(HOUR)
    await drain()
    expect(client.spent).toEqual(['refresh-1'])
  })
})

describe('a token whose times are in milliseconds', () => {
  it('a token whose times are in milliseconds tells nothing of how long it lives [50]', async () => {
    const { auth, client, clock } = openTab()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    const accessToken = fieldsOf({ iat: 1_700_000_000_000, exp: 1_700_003_600_000 })
    client
      .next('signIn')
      .answer({ accessToken, refreshToken: 'refresh-1', user: { id: 'u1', name: 'Ann', role: 'editor' } })
    await drain()
    expect(signedIn.now).toBe('resolved')
    // an hour is what is taken where nothing else is said: renewed after 33 minutes, not after 22 days
    clock.advance(DUE)
    await drain()
    expect(client.counts.refresh).toBe(1)
    expect(auth.getState().status).toBe('refreshing')
  })
})

describe('a 401 that asks for a stronger sign-in', () => {
  it('a 401 that asks for a stronger sign-in is handed to the app: no renewal, no second request [73]', async () => {
    const requests: string[] = []
    const { auth, client, signIn } = openTab({
      fetch: async (input) => {
        requests.push(String(input))
        const headers = { 'www-authenticate': 'Bearer error="insufficient_user_authentication", max_age="300"' }
        return new Response('again, please', { status: 401, headers })
      },
    })
    await signIn()
    expect((await auth.fetch('https://api.test/transfer')).status).toBe(401)
    expect([requests.length, client.counts.refresh]).toEqual([1, 0])
  })
})

describe('what the browser gives', () => {
  it('what the browser gives is told as it is: after the storage failed, memory [86]', async () => {
    const disk = createDisk()
    const { auth, signIn } = openTab({ storage: disk.storage })
    expect(auth.capabilities().persistence).toBe('shared')
    disk.before = () => {
      throw new DOMException('no', 'SecurityError')
    }
    await signIn()
    expect(auth.capabilities().persistence).toBe('memory')
    expect(auth.getState().persistence).toBe('memory')
  })
})
