import { createAuth, type AuthClient } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  browserWithSession,
  drain,
  DUE,
  fakeClock,
  MINUTE,
  openTab,
  scriptedClient,
  uncaughtDuring,
  watch,
  type Credentials,
  type User,
} from './support.ts'

const hostile = {
  get name(): never {
    throw new Error('name')
  },
  get accessToken(): never {
    throw new Error('accessToken')
  },
  get challenge(): never {
    throw new Error('challenge')
  },
  get id(): never {
    throw new Error('id')
  },
}
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const answers: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['a number', 7],
  ['text', 'granted'],
  ['a page', '<!doctype html><title>Sign in to the airport</title>'],
  ['a list', []],
  ['true', true],
  ['a function', () => {}],
  ['an empty object', {}],
  ['an object that throws', hostile],
  ['a token that is no text', { accessToken: { toString: () => 'access-1' } }],
  ['a token with a line break', { accessToken: 'a\r\nX-Evil: 1', refreshToken: 'r' }],
  ['a token that no header takes', { accessToken: 'tökén', refreshToken: 'r' }],
  ['an empty token', { accessToken: '', refreshToken: 'r' }],
]

describe.each(answers)('a client that answers %s', (_, answer) => {
  it('an answer to a sign-in that is no grant signs no user in [40, 47]', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const { auth, client, stored } = openTab()
      const signedIn = watch(auth.signIn(annsPassword))
      await drain()
      client.next('signIn').answer(answer)
      await drain()
      expect(signedIn.now).toMatch(/^[a-z-]+$/)
      expect(['pending', 'resolved']).not.toContain(signedIn.now)
      expect(auth.getState()).toMatchObject({ status: 'anonymous' })
      expect(await stored()).toBe(null)
    })
    expect(uncaught).toEqual([])
  })

  it('an answer to the question who is signed in that is no user changes no user, and opens no guard', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab({}, await browserWithSession())
      await tab.boot()
      tab.client.next('getUser').answer(answer)
      await drain()
      expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, confirmed: false })
      expect(tab.auth.can('isEditor')).toBe(false)
    })
    expect(uncaught).toEqual([])
  })

  it('a sign-out counts as heard, whatever the client answers', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab()
      await tab.signIn()
      const out = watch(tab.auth.signOut())
      await drain()
      tab.client.next('signOut').answer(answer)
      await drain()
      expect(out.now).toBe('resolved')
      expect(tab.status()).toBe('signedOut')
    })
    expect(uncaught).toEqual([])
  })
})

const rejections: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['text', 'no'],
  ['a number', 500],
  ['a symbol', Symbol('no')],
  ['an object that throws', hostile],
  ['a revoked proxy', revoked()],
  ['a response', new Response('no', { status: 401 })],
]

describe.each(rejections)('a client that rejects with %s', (_, reason) => {
  const client = (): AuthClient<User, Credentials> => ({
    ...scriptedClient<User, Credentials>(),
    signIn: () => Promise.reject(reason as Error),
    signOut: () => Promise.reject(reason as Error),
  })

  it('a sign-in that the client rejects fails with a code', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const { auth, status } = openTab({ client: client() as never })
      const signedIn = watch(auth.signIn(annsPassword))
      await drain()
      expect(signedIn.now).toBe('network')
      expect(status()).toBe('anonymous')
    })
    expect(uncaught).toEqual([])
  })

  it('a renewal that the client rejects leaves the user signed in [56, 157]', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab()
      await tab.signIn()
      tab.clock.advance(DUE)
      await drain()
      tab.client.next('refresh').fail(reason as Error)
      await drain()
      expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, renewal: 'indeterminate' })
    })
    expect(uncaught).toEqual([])
  })

  it('a sign-out that the client rejects signs the user out, and it is unknown whether the server heard', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const browser = await browserWithSession()
      const { auth, status } = openTab({ client: client() as never }, browser)
      auth.subscribe(() => {})
      await drain()
      const out = watch(auth.signOut())
      await drain()
      expect(out.value).toEqual({ revoked: 'unknown' })
      expect(status()).toBe('signedOut')
    })
    expect(uncaught).toEqual([])
  })

  it('a question for the user that the client rejects is asked again later', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab({}, await browserWithSession())
      await tab.boot()
      tab.client.next('getUser').fail(reason as Error)
      await drain()
      tab.clock.advance(MINUTE)
      await drain()
      expect(tab.client.counts.getUser).toBe(2)
    })
    expect(uncaught).toEqual([])
  })
})

describe('a client whose methods throw at once', () => {
  const boom = (): never => {
    throw new Error('boom')
  }
  const client: AuthClient<User, Credentials> = {
    signIn: boom,
    signUp: boom,
    refresh: boom,
    getUser: boom,
    signOut: boom,
  }

  it('a client whose methods throw at once is a client that cannot be reached', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const auth = createAuth({ client, clock: fakeClock() })
      const tries = [watch(auth.signIn(annsPassword))]
      await drain()
      tries.push(watch(auth.signUp(annsPassword)))
      await drain()
      expect(tries.map(({ now }) => now)).toEqual(['network', 'network'])
    })
    expect(uncaught).toEqual([])
  })
})
