import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  bobsPassword,
  DAY,
  drain,
  grant,
  MINUTE,
  openTab,
  SECOND,
  uncaughtDuring,
  watch,
} from './support.ts'

const demand = (more: object = {}) => ({ challenge: { kind: 'totp', handle: { ticket: 'of the server' }, ...more } })

async function challenged(more: object = {}) {
  const tab = openTab()
  const signedIn = watch(tab.auth.signIn(annsPassword))
  await drain()
  tab.client.next('signIn').answer(demand(more))
  await drain()
  return { ...tab, signedIn }
}

describe('a second factor', () => {
  it('a second factor is asked for', async () => {
    const { auth, signedIn } = await challenged()
    expect(signedIn.now).toBe('challenge-required')
    expect(auth.getState()).toEqual({
      status: 'challenged',
      user: null,
      confirmed: false,
      error: null,
      challenge: { kind: 'totp', verifying: false },
      persistence: 'stored',
    })
  })

  it('a second factor is answered with what the client needs to go on, and signs in', async () => {
    const { auth, client } = await challenged()
    const answered = watch(auth.answerChallenge({ code: '123456' }))
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'challenged', challenge: { verifying: true } })
    expect(client.next('answerChallenge').input).toEqual({ handle: { ticket: 'of the server' }, code: '123456' })
    client.next('answerChallenge').answer(grant(1))
    await drain()
    expect(answered.value).toEqual(ann)
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann, error: null })
  })

  it.each([
    'invalid-code',
    'rate-limited',
    'network',
    'offline',
    'timeout',
    'unavailable',
    'invalid-response',
    'unknown',
  ] as const)('a second factor that ends with %s may be answered again [113]', async (code) => {
    const { auth, client } = await challenged()
    const wrong = watch(auth.answerChallenge({ code: '000000' }))
    await drain()
    client.next('answerChallenge').fail(code)
    await drain()
    expect(wrong.now).toBe(code)
    expect(auth.getState()).toMatchObject({ status: 'challenged', error: { code }, challenge: { verifying: false } })
    const right = watch(auth.answerChallenge({ code: '123456' }))
    await drain()
    expect(auth.getState()).toMatchObject({ error: null })
    client.next('answerChallenge').answer(grant(1))
    await drain()
    expect(right.value).toEqual(ann)
  })

  it.each(['account-locked', 'challenge-expired', 'invalid-credentials', 'account-banned'] as const)(
    'a second factor that ends with %s ends the sign-in [113]',
    async (code) => {
      const { auth, client } = await challenged()
      const answered = watch(auth.answerChallenge({ code: '000000' }))
      await drain()
      client.next('answerChallenge').fail(code)
      await drain()
      expect(answered.now).toBe(code)
      expect(auth.getState()).toMatchObject({ status: 'anonymous', error: { code } })
    },
  )

  it('a second factor is not answered twice at a time [108]', async () => {
    const { auth, client } = await challenged()
    void auth.answerChallenge({ code: '1' })
    const second = watch(auth.answerChallenge({ code: '2' }))
    await drain()
    expect([second.now, client.counts.answerChallenge]).toEqual(['in-progress', 1])
  })

  it('a second factor that was not asked for is not answered', async () => {
    const { auth, client } = openTab()
    const answered = watch(auth.answerChallenge({ code: '1' }))
    await drain()
    expect([answered.now, client.pending.length]).toEqual(['no-challenge', 0])
  })

  it('a second factor that the client cannot answer is an error that says so', async () => {
    const tab = openTab({ without: ['answerChallenge'] })
    void tab.auth.signIn(annsPassword).catch(() => {})
    await drain()
    tab.client.next('signIn').answer(demand())
    await drain()
    const answered = watch(tab.auth.answerChallenge({ code: '1' }))
    await drain()
    expect(answered.now).toBe('not-supported')
    expect(tab.status()).toBe('anonymous')
  })

  it('a second factor may be asked for at a sign-up as well', async () => {
    const { auth, client, status } = openTab()
    const signedUp = watch(auth.signUp(annsPassword))
    await drain()
    client.next('signUp').answer(demand())
    await drain()
    expect([signedUp.now, status()]).toEqual(['challenge-required', 'challenged'])
  })

  it('a sign-in with a second factor that is begun again with the same credentials is a new sign-in', async () => {
    const { auth, client, status } = await challenged()
    void auth.signIn(annsPassword).catch(() => {})
    await drain()
    expect([client.counts.signIn, status()]).toEqual([2, 'authenticating'])
  })

  it('a second factor is not answered for another user: other credentials drop the handle [114]', async () => {
    const { auth, client } = await challenged()
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
    client.next('signIn').answer({ challenge: { kind: 'sms', handle: 'of Bob' } })
    await drain()
    expect(auth.getState()).toMatchObject({ challenge: { kind: 'sms' } })
    void auth.answerChallenge({ code: '1' }).catch(() => {})
    await drain()
    expect(client.next('answerChallenge').input).toEqual({ handle: 'of Bob', code: '1' })
  })

  it('a second factor that is followed by another one does not leave the user waiting', async () => {
    const { auth, client } = await challenged()
    const answered = watch(auth.answerChallenge({ code: '1' }))
    await drain()
    client.next('answerChallenge').answer({ challenge: { kind: 'sms', handle: 'second' } })
    await drain()
    expect(answered.now).not.toBe('pending')
    expect(auth.getState()).not.toMatchObject({ challenge: { verifying: true } })
  })
})

describe('a challenge lapses [112]', () => {
  it('a challenge lapses after five minutes', async () => {
    const { auth, clock } = await challenged()
    clock.advance(5 * MINUTE - 1)
    expect(auth.getState().status).toBe('challenged')
    clock.advance(1)
    expect(auth.getState()).toMatchObject({ status: 'anonymous', error: { code: 'challenge-expired' } })
    const answered = watch(auth.answerChallenge({ code: '1' }))
    await drain()
    expect(answered.now).toBe('no-challenge')
  })

  it.each([
    [60, MINUTE],
    ['60', MINUTE],
    [3600, 5 * MINUTE],
    [Infinity, 5 * MINUTE],
    [null, 5 * MINUTE],
    [undefined, 5 * MINUTE],
  ])('a challenge lapses in time when the server says %s seconds', async (expiresIn, after) => {
    const { clock, status } = await challenged({ expiresIn })
    clock.advance(after - 1)
    expect(status()).toBe('challenged')
    clock.advance(1)
    expect(status()).toBe('anonymous')
  })

  it.each([Number.NaN, 'soon', {}, true])(
    'a challenge lapses within five minutes also when the server says %s',
    async (expiresIn) => {
      const uncaught = await uncaughtDuring(async () => {
        const { auth, clock, status } = await challenged({ expiresIn })
        expect(auth.actor.getSnapshot().status).toBe('active')
        expect(status()).toBe('challenged')
        clock.advance(5 * MINUTE)
        expect(status()).toBe('anonymous')
      })
      expect(uncaught).toEqual([])
    },
  )

  it('a challenge lapses when the clock was put back by a day, too', async () => {
    const { clock, status } = await challenged()
    clock.jump(-DAY)
    clock.advance(5 * MINUTE)
    expect(status()).toBe('anonymous')
  })

  it('a challenge that lapses in a sleep is seen to have lapsed as soon as the page wakes up', async () => {
    const { clock, network, status } = await challenged()
    clock.sleep(DAY)
    network.wake()
    await drain()
    expect(status()).toBe('anonymous')
  })

  it('a challenge that lapses while its code is checked has its late grant revoked', async () => {
    const { auth, client, clock, status } = await challenged({ expiresIn: 10 })
    const answered = watch(auth.answerChallenge({ code: '1' }))
    await drain()
    clock.advance(10 * SECOND)
    await drain()
    expect([answered.now, status()]).toEqual(['challenge-expired', 'anonymous'])
    client.next('answerChallenge').answer(grant(1))
    await drain()
    expect(status()).toBe('anonymous')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
  })
})

describe('a challenge that is given up', () => {
  it('a challenge that is given up leaves no user signed in, and no word of the wrong code', async () => {
    const { auth, client } = await challenged()
    void auth.answerChallenge({ code: '1' }).catch(() => {})
    await drain()
    client.next('answerChallenge').fail('invalid-code')
    await drain()
    auth.cancel()
    expect(auth.getState()).toMatchObject({ status: 'anonymous', error: null })
  })

  it('a challenge that is given up while its code is checked has its late grant revoked', async () => {
    const { auth, client, status } = await challenged()
    const answered = watch(auth.answerChallenge({ code: '1' }))
    await drain()
    auth.cancel()
    await drain()
    expect([answered.now, status()]).toEqual(['cancelled', 'anonymous'])
    client.next('answerChallenge').answer(grant(1))
    await drain()
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
    expect(status()).toBe('anonymous')
  })

  it('a challenge that is given up when the user was to be switched leaves the old user signed in', async () => {
    const tab = openTab()
    await tab.signIn()
    void tab.auth.signIn(bobsPassword).catch(() => {})
    await drain()
    tab.client.next('signIn').answer(demand())
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'challenged', user: ann, confirmed: true })
    expect(await tab.auth.getAccessToken()).toBe('access-1')
    tab.auth.cancel()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
  })
})

it('a grant that also says challenge: null is a grant', async () => {
  const { auth, client } = openTab()
  const signedIn = watch(auth.signIn(annsPassword))
  await drain()
  client.next('signIn').answer({ ...grant(1), challenge: null })
  await drain()
  expect(signedIn.value).toEqual(ann)
})

it.each(['yes', 7, true])('a challenge that is %j is unreadable, not a broken connection', async (challenge) => {
  const { auth, client } = openTab()
  const signedIn = watch(auth.signIn(annsPassword))
  await drain()
  client.next('signIn').answer({ challenge })
  await drain()
  expect(signedIn.now).toBe('invalid-response')
  expect(auth.getState().status).toBe('anonymous')
})
