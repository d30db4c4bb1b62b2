import { hasRole, type AuthStatus } from '@authchart/core'
import type { TestAuth } from '@authchart/core/testing'
import { authPaths, coverageOf, type AuthDriver, type Screen } from '@authchart/core/testing/paths'
import { describe, expect, inject, test } from 'vitest'
import { ann, type User } from './support.ts'

const guards = { isEditor: hasRole('editor') }
type Own = TestAuth<User, unknown, typeof guards>

/** An app without a framework: what it prints in each status, and what its buttons do. */
const words: Readonly<Record<AuthStatus, string>> = {
  restoring: 'One moment',
  anonymous: 'Sign in',
  authenticating: 'Signing in',
  challenged: 'Enter the code',
  authenticated: 'Hello',
  refreshing: 'Hello, one moment',
  expired: 'Sign in again',
  signingOut: 'Signing out',
  signedOut: 'Goodbye',
}

function driverOf(app: Partial<Record<AuthStatus, string>>): AuthDriver<User, typeof guards> {
  let auth: Own | null = null
  let screen = ''
  const give = (command: (own: Own) => unknown) => () => {
    // how it ends is on the screen
    if (auth) void Promise.resolve(command(auth)).catch(() => {})
  }
  const shows = (status: AuthStatus) => ({ shows: () => expect(screen).toBe(words[status]) })
  const signIn = give((own) => own.signIn({ n: Math.random() }))
  const signUp = give((own) => own.signUp({ n: Math.random() }))
  const signOut = give((own) => own.signOut())
  const cancel = give((own) => own.cancel())
  const dismiss = give((own) => own.dismiss())
  const screens: Record<AuthStatus, Screen> = {
    restoring: shows('restoring'),
    anonymous: { ...shows('anonymous'), signIn, signUp },
    authenticating: { ...shows('authenticating'), cancel },
    challenged: {
      ...shows('challenged'),
      answerChallenge: give((own) => own.answerChallenge({ code: '123456' })),
      cancel,
    },
    authenticated: { ...shows('authenticated'), signOut, signIn },
    refreshing: { ...shows('refreshing'), signOut },
    expired: { ...shows('expired'), signIn, dismiss },
    signingOut: shows('signingOut'),
    signedOut: { ...shows('signedOut'), signIn, dismiss },
  }
  return {
    open(own) {
      auth = own
      const render = (): void => {
        screen = app[own.getState().status] ?? screen
      }
      const close = own.subscribe(render)
      render()
      return close
    },
    screens,
  }
}

const short = authPaths(driverOf(words), { user: ann, guards })
const whole = authPaths(driverOf(words), { user: ann, guards, coverage: 'pairs' })

describe('paths through the screens of an app', () => {
  // the landing takes every event in every state
  test.each(inject('suite') === 'whole' ? whole : short)('$id', (path) => path.run())
})

test('paths have ids of their own, and the same ones each time', () => {
  const ids = whole.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(authPaths(driverOf(words), { user: ann, guards, coverage: 'pairs' }).map(({ id }) => id))
  expect(ids).toContain('anonymous + authenticating.submitting: authenticate.challenged')
})

test('paths that take each transition are among those that take each event in each state, and far fewer', () => {
  const ids = whole.map(({ id }) => id)
  expect(short.filter(({ id }) => !ids.includes(id))).toEqual([])
  expect(short.length * 10).toBeLessThan(whole.length)
})

test('the coverage has a line for each path, sorted, and then the transitions that no path takes', () => {
  const lines = coverageOf(short).split('\n')
  expect(lines.slice(0, short.length)).toEqual(lines.slice(0, short.length).toSorted())
  expect(lines).toContain('expired + idle: dismiss -> anonymous + idle (auth.session.expired on dismiss)')
  expect(lines).toContain(
    'anonymous + idle: signUp -> anonymous + authenticating.submitting (auth.attempt.idle on signUp)',
  )
  // the screens of this app have no button that renews the token
  const left = lines.slice(short.length, -1)
  expect(left.every((line) => line.startsWith('no path: '))).toBe(true)
  expect(left).toContain('no path: auth.session.authenticated.fresh on refresh')
  expect(left).not.toContain('no path: auth.session.expired on dismiss')
})

test('the coverage of pairs says where an event changes nothing', () => {
  expect(coverageOf(whole).split('\n')).toContain(
    'signedOut + authenticating.challenged.verifyingCode: answerChallenge -> signedOut + authenticating.challenged.verifyingCode (no transition)',
  )
})

test('the coverage without a path says which transition it took', () => {
  const others = short.filter(({ id }) => id !== 'expired + idle: dismiss')
  expect(coverageOf(others).split('\n')).toContain('no path: auth.session.expired on dismiss')
})

/** The app without what it prints in this status. */
const without = (status: AuthStatus): Partial<Record<AuthStatus, string>> =>
  Object.fromEntries(Object.entries(words).filter(([own]) => own !== status))

/** What the first path says that does not come through. */
async function firstFailure(app: Partial<Record<AuthStatus, string>>): Promise<string | null> {
  for (const path of authPaths(driverOf(app), { user: ann, guards })) {
    try {
      await path.run()
    } catch (error) {
      return (error as Error).message.split(': ')[0] ?? ''
    }
  }
  return null
}

test.each<readonly [AuthStatus, string]>([
  ['restoring', 'In restoring, when the app opens'],
  ['anonymous', 'In restoring, when the storage is empty'],
  ['authenticating', 'In authenticated, when the user signs in'],
  ['challenged', 'In authenticating, when the server asks for a second factor'],
  ['authenticated', 'In restoring, when the storage has a session'],
  ['refreshing', 'In authenticated, when the token is due for a renewal'],
  ['expired', 'In restoring, when the storage says that the session has ended'],
  ['signingOut', 'In authenticated, when the user signs out'],
  ['signedOut', 'In authenticated, when the user signs out in another tab'],
])('an app that forgets %s fails a path, which says in which state at which event', async (status, failure) => {
  expect(await firstFailure(without(status))).toBe(failure)
})

test('a path that fails says what was on the screen, and the whole way there', async () => {
  const id = 'anonymous + authenticating.submitting: authenticate.challenged'
  const path = authPaths(driverOf(without('challenged')), { user: ann, guards, coverage: 'pairs' }).find(
    (own) => own.id === id,
  )
  await expect(path?.run()).rejects.toThrow(
    /expected 'Signing in' to be 'Enter the code'[^]*The way there: the app opens > the storage is empty > the user signs in > the server asks for a second factor$/,
  )
})
