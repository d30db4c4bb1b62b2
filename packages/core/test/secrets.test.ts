/** Everything runs with canaries for secrets; wherever one could show, it is looked for. */
import { AuthError } from '@authchart/core'
import { expect, it } from 'vitest'
import { Actor } from 'xstate'
import { bob, createDisk, drain, DUE, fakeBrowser, fakeClock, grant, openTab, watch, type Options } from './support.ts'

const MARK = 'canary'
const secret = (name: string): string => `${MARK}-${name}`
const secretGrant = (n: number) => ({
  ...grant(n),
  accessToken: secret(`access-${n}`),
  refreshToken: secret(`refresh-${n}`),
})

/** The path to the first canary below a value; what functions close over cannot be looked into. */
function pathToCanary(root: unknown): string | null {
  const seen = new Set<object>()
  const walk = (value: unknown, path: string): string | null => {
    if (typeof value === 'string') return value.includes(MARK) ? path : null
    if (typeof value !== 'object' || value === null || seen.has(value)) return null
    seen.add(value)
    if (value instanceof Map || value instanceof Set) return walk([...value], path)
    for (const key of Reflect.ownKeys(value)) {
      if (String(key).includes(MARK)) return `${path}.(key)`
      const found = walk(Reflect.get(value, key), `${path}.${String(key)}`)
      if (found !== null) return found
    }
    return null
  }
  return walk(root, '$')
}

/** Runs `story` in a tab that is watched everywhere. */
async function leaksOf(
  story: (tab: ReturnType<typeof openTab>, see: (where: string, value: unknown) => void) => Promise<void>,
  options: Options = {},
) {
  const leaks: string[] = []
  const see = (where: string, value: unknown): void => {
    const path = pathToCanary(value)
    if (path !== null) leaks.push(`${where}: ${path}`)
  }
  const browser = fakeBrowser()
  const tab = openTab(
    {
      ...options,
      inspect(event) {
        const { actorRef, ...rest } = event
        see('inspection', rest)
        if (event.type === '@xstate.actor') return
        see('snapshot', actorRef.getSnapshot())
        if (actorRef instanceof Actor) see('persisted snapshot', actorRef.getPersistedSnapshot())
      },
      onWarning: (warning) => see('warning', [warning, warning.stack, JSON.stringify(warning)]),
    },
    browser,
    fakeClock(),
  )
  const originals = { ...console }
  for (const method of Object.keys(console) as (keyof Console)[]) {
    if (typeof console[method] === 'function')
      Object.assign(console, { [method]: (...line: unknown[]) => see(`console.${method}`, line) })
  }
  try {
    tab.auth.subscribe((state) => see('state', [state, JSON.stringify(state)]))
    await story(tab, see)
    see('state', tab.auth.getState())
    see('hints', browser.hints)
    see('auth', tab.auth)
    see('keys', browser.keys())
  } finally {
    Object.assign(console, originals)
  }
  return leaks
}

const password = { email: 'ann@example.test', password: secret('password') }
const look = async (promise: Promise<unknown>, see: (where: string, value: unknown) => void) => {
  const outcome = watch(promise)
  await drain()
  const error = outcome.error as Error | null
  if (error) see('error', [error, error.message, error.stack, String(error), JSON.stringify(error), error.cause])
  return outcome
}

it('the watch for secrets sees what is there', async () => {
  const leaks = await leaksOf(async (_, see) => {
    see('a', { deep: [{ [Symbol('x')]: `x${secret('y')}` }] })
    see('b', new Map([[secret('key'), 1]]))
    console.warn(secret('z'))
  })
  expect(leaks.map((leak) => leak.split(':')[0])).toEqual(['a', 'b', 'console.warn'])
})

it('a whole life shows no secret: sign-in, second factor, renewals, switch, sign-out', async () => {
  const leaks = await leaksOf(async (tab, see) => {
    const { auth, client, clock } = tab
    void auth.signIn(password).catch(() => {})
    await drain()
    client.next('signIn').answer({ challenge: { kind: 'totp', handle: { ticket: secret('handle') } } })
    await drain()
    void auth.answerChallenge({ code: secret('wrong-code') }).catch(() => {})
    await drain()
    client.next('answerChallenge').fail(new AuthError('invalid-code', { cause: new Error(secret('cause')) }))
    await drain()
    void auth.answerChallenge({ code: secret('code') })
    await drain()
    client.next('answerChallenge').answer(secretGrant(1))
    await drain()
    expect(tab.status()).toBe('authenticated')
    clock.advance(DUE)
    await drain()
    client.next('refresh').answer(secretGrant(2))
    await drain()
    await auth.fetch('https://api.test/')
    expect(tab.server.tokens()).toEqual([secret('access-2')])
    clock.advance(DUE)
    await drain()
    client
      .next('refresh')
      .fail(new AuthError('unavailable', { status: 503, cause: { name: 'Error', body: secret('body') } }))
    await drain()
    await look(auth.refresh(), see)
    client.next('refresh').fail(Object.assign(new Error(secret('message')), { request: { body: secret('request') } }))
    await drain()
    void auth.signIn({ ...password, email: 'bob@example.test' })
    await drain()
    client.next('signIn').answer({ ...secretGrant(7), user: bob })
    await drain()
    void auth.signOut()
    await drain()
    for (let n = 0; n < 2; n += 1) client.next('signOut').fail(new Error(secret('sign-out')))
    await drain()
    expect(tab.status()).toBe('signedOut')
    await look(auth.getAccessToken(), () => {})
  })
  expect(leaks).toEqual([])
})

const errors: readonly (readonly [string, () => unknown])[] = [
  ['its message', () => new Error(secret('message'))],
  ['its cause', () => new TypeError('x', { cause: secret('cause') })],
  [
    'what it was about',
    () => Object.assign(new Error('x'), { config: { headers: { authorization: secret('header') } } }),
  ],
  ['the cause of an AuthError', () => new AuthError('network', { cause: new Error(secret('cause')) })],
  [
    'what was hung on an AuthError',
    () => Object.assign(new AuthError('network'), { config: { data: secret('data') } }),
  ],
  ['a name', () => Object.assign(new Error('x'), { name: 'canary_token' })],
  ['an object that was thrown', () => ({ password: secret('password') })],
]

it.each(errors)('an error of a client that holds a secret in %s shows none', async (_, make) => {
  const leaks = await leaksOf(async ({ auth, client }, see) => {
    const signedIn = watch(auth.signIn(password))
    await drain()
    client.next('signIn').fail(make() as Error)
    await drain()
    await look(Promise.reject(signedIn.error), see)
  })
  expect(leaks).toEqual([])
})

it('answers that cannot be read show no secret', async () => {
  const leaks = await leaksOf(async ({ auth, client }, see) => {
    for (const answer of [
      secret('page'),
      [secret('list')],
      { access_token: secret('access') },
      { accessToken: `${secret('x')}\n`, refreshToken: 'r' },
    ]) {
      const signedIn = watch(auth.signIn(password))
      await drain()
      client.next('signIn').answer(answer)
      await drain()
      await look(Promise.reject(signedIn.error), see)
    }
  })
  expect(leaks).toEqual([])
})

it('the kind of a challenge is text, and no more than that', async () => {
  const leaks = await leaksOf(async ({ auth, client }) => {
    void auth.signIn(password).catch(() => {})
    await drain()
    client.next('signIn').answer({ challenge: { kind: { totp: secret('seed') }, handle: 1 } })
    await drain()
  })
  expect(leaks).toEqual([])
})

it('commands after the end, and late answers, write no secret to the console [155]', async () => {
  const leaks = await leaksOf(async ({ auth, client }, see) => {
    void auth.signIn(password).catch(() => {})
    await drain()
    auth.destroy()
    client.next('signIn').answer(secretGrant(1))
    await look(auth.signIn(password), see)
    await look(auth.answerChallenge({ code: secret('code') }), see)
  })
  expect(leaks).toEqual([])
})

it('a storage that fails shows no secret in its warning', async () => {
  const disk = createDisk()
  disk.before = () => Promise.reject(new Error(secret('disk')))
  const leaks = await leaksOf(
    async ({ auth, client }) => {
      void auth.signIn(password)
      await drain()
      client.next('signIn').answer(secretGrant(1))
      await drain()
    },
    { storage: disk.storage },
  )
  expect(leaks).toEqual([])
})

it('the password is gone from the auth when the sign-in is over, however it ended [112]', async () => {
  const leaks = await leaksOf(async ({ auth, client }, see) => {
    for (const end of ['answer', 'fail', 'cancel'] as const) {
      void auth.signIn({ ...password }).catch(() => {})
      await drain()
      if (end === 'answer') client.next('signIn').answer(grant(1))
      if (end === 'fail') client.next('signIn').fail('network')
      if (end === 'cancel') auth.cancel()
      await drain()
      see(end, auth.actor.getSnapshot())
    }
  })
  expect(leaks).toEqual([])
})
