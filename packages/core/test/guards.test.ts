import { hasRole, isAuthenticated } from '@authchart/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  browserWithSession,
  drain,
  DUE,
  grant,
  openTab,
  uncaughtDuring,
  watch,
  type Options,
  type User,
} from './support.ts'

const HERE = 'https://api.test/'

// what a guard throws is reported
beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))
afterEach(() => void vi.restoreAllMocks())

describe('a guard', () => {
  const strange: readonly (readonly [string, unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['answers with a promise', () => Promise.resolve(true)],
    ['answers with a promise that rejects', () => Promise.reject(new Error('no'))],
    ['answers with an object', () => ({})],
    ['answers with text', () => 'true'],
    ['answers with 1', () => 1],
    ['answers with nothing', () => {}],
    ['asks itself for ever', null],
  ]
  it.each(strange)('a guard that %s is closed [120]', async (name, guard) => {
    const uncaught = await uncaughtDuring(async () => {
      const own: { ask: () => unknown } = { ask: () => false }
      const guards = { isEditor: name.startsWith('asks') ? () => own.ask() : guard, owns: () => true }
      const tab = openTab({ guards } as unknown as Options)
      own.ask = () => tab.auth.can('isEditor') || true
      await tab.signIn()
      if (!name.startsWith('asks')) expect(tab.auth.can('isEditor')).toBe(false)
      expect(tab.auth.can('owns', 'u1')).toBe(true)
      const letIn = watch(tab.auth.requireUser({ guard: 'isEditor' }))
      await drain()
      if (!name.startsWith('asks')) expect(letIn.now).toBe('forbidden')
      expect(tab.status()).toBe('authenticated')
    })
    expect(uncaught).toEqual([])
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'isAllowed', '', 'ISEDITOR'])(
    'a guard that was not given, such as %j, is closed',
    async (name) => {
      const tab = openTab()
      await tab.signIn()
      const { can, requireUser } = tab.auth as unknown as {
        can: (guard: string) => boolean
        requireUser: (options: object) => Promise<unknown>
      }
      const letIn = watch(requireUser({ guard: name }))
      await drain()
      expect([can(name), letIn.now]).toEqual([false, 'forbidden'])
    },
  )

  it('a guard is asked with its parameters', async () => {
    const tab = openTab()
    await tab.signIn()
    expect([tab.auth.can('owns', 'u1'), tab.auth.can('owns', 'u2')]).toEqual([true, false])
    const asked = [
      watch(tab.auth.requireUser({ guard: 'owns', params: ['u1'] })),
      watch(tab.auth.requireUser({ guard: 'owns', params: ['u2'] })),
    ]
    await drain()
    expect(asked.map(({ now }) => now)).toEqual(['resolved', 'forbidden'])
  })

  it('a guard is closed where none were given', async () => {
    const tab = openTab({ guards: undefined })
    await tab.signIn()
    expect(tab.auth.can('isEditor')).toBe(false)
  })

  it('a guard sees who is signed in, not who is about to be or was', async () => {
    const { auth, client, signIn } = openTab()
    const seen: [string, boolean][] = []
    auth.subscribe(({ status }) => void seen.push([status, auth.can('isEditor')]))
    await signIn()
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
    auth.cancel()
    void auth.signOut()
    await drain()
    client.next('signOut').answer()
    await drain()
    expect(seen).toEqual([
      ['authenticating', false],
      ['authenticated', true],
      ['authenticating', true], // a switch of user that is given up
      ['authenticated', true],
      ['signingOut', false],
      ['signedOut', false],
    ])
  })

  it('a guard stays open through a renewal, and closes with a role that was taken away [36, 119]', async () => {
    const { auth, client, clock, signIn } = openTab()
    await signIn()
    clock.advance(DUE)
    await drain()
    expect([auth.getState().status, auth.can('isEditor')]).toEqual(['refreshing', true])
    const seen: boolean[] = []
    auth.subscribe(() => void seen.push(auth.can('isEditor')))
    client.next('refresh').answer(grant(2, { ...ann, role: 'reader' }))
    await drain()
    expect(seen).toEqual([false])
  })

  it('a guard without parameters is asked once for each change, however many listeners ask', async () => {
    let asked = 0
    const isEditor = ({ user }: { readonly user: User }): boolean => {
      asked += 1
      return user.role === 'editor'
    }
    const { auth, signIn } = openTab({ guards: { isEditor } } as unknown as Options)
    await signIn()
    const seen: (readonly [string, boolean])[] = []
    for (let n = 0; n < 3; n += 1) auth.subscribe(({ status }) => void seen.push([status, auth.can('isEditor')]))
    void auth.refresh().catch(() => {})
    await drain()
    expect([asked, seen]).toEqual([1, Array.from({ length: 3 }, () => ['refreshing', true])])
    void auth.signOut()
    expect(seen.slice(3)).toEqual(Array.from({ length: 3 }, () => ['signingOut', false]))
    expect(auth.can('isEditor')).toBe(false)
  })

  it('a guard that depends on more than the user is asked anew between changes', async () => {
    let isOn = false
    const { auth, signIn } = openTab({ guards: { isEditor: () => isOn } } as unknown as Options)
    await signIn()
    auth.subscribe(() => void auth.can('isEditor'))
    void auth.refresh().catch(() => {})
    await drain()
    isOn = true
    expect(auth.can('isEditor')).toBe(true)
  })

  it('a guard waits for the server after a reload, also for requireUser [91]', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    const anybody = watch(tab.auth.requireUser())
    const editor = watch(tab.auth.requireUser({ guard: 'isEditor' }))
    await drain()
    expect([anybody.now, editor.now, tab.auth.can('isEditor')]).toEqual(['resolved', 'pending', false])
    tab.client.next('getUser').answer({ ...ann, role: 'reader' })
    await drain()
    expect([editor.now, tab.auth.can('isEditor')]).toEqual(['forbidden', false])
  })

  it.each([
    ['who it is: it opens', ann, 'resolved', true],
    ['no user: it stays closed, and requireUser does not wait for ever', null, 'forbidden', false],
  ] as const)(
    'a guard of a client that cannot ask waits for a renewal after a reload, which names %s',
    async (_, user, now, can) => {
      const tab = openTab({ without: ['getUser'] }, await browserWithSession())
      await tab.boot()
      const editor = watch(tab.auth.requireUser({ guard: 'isEditor' }))
      await drain()
      expect([editor.now, tab.auth.can('isEditor')]).toEqual(['pending', false])
      tab.client.next('refresh').answer(grant(2, user))
      await drain()
      expect([editor.now, tab.auth.can('isEditor'), tab.client.counts.refresh]).toEqual([now, can, 1])
    },
  )

  it('a guard that no part of the app asks about spends nothing on a reload, where the client cannot ask for the user [T1a]', async () => {
    const tab = openTab({ without: ['getUser'] }, await browserWithSession())
    await tab.boot()
    expect([(await tab.auth.requireUser()).name, await tab.auth.getAccessToken()]).toEqual(['Ann', 'access-1'])
    tab.network.wake()
    await drain()
    expect(tab.client.spent).toEqual([])
    // a view that asks is told when there is an answer
    expect(tab.auth.can('isEditor')).toBe(false)
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect([tab.auth.can('isEditor'), tab.client.spent]).toEqual([true, ['refresh-1']])
  })

  it('a guard is not opened by what the page rendered on the server says', async () => {
    const tab = openTab({ initialSession: { user: ann } })
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, confirmed: false })
    expect(tab.auth.can('isEditor')).toBe(false)
    tab.tab.holdStorage()
    const asked = watch(tab.auth.fetch(HERE))
    await drain()
    expect([asked.now, tab.auth.can('isEditor')]).toEqual(['pending', false])
    tab.tab.releaseStorage()
    await drain()
    expect([tab.status(), tab.server.tokens()]).toEqual(['anonymous', [null]])
  })
})

describe('requireUser', () => {
  it('requireUser waits for the restore', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    const asked = watch(tab.auth.requireUser())
    await drain()
    expect(asked.now).toBe('pending')
    tab.tab.releaseStorage()
    await drain()
    expect(asked.value).toEqual(ann)
  })

  it('requireUser says that no user is signed in, or that the session is over', async () => {
    const { auth, client, signIn } = openTab()
    const first = watch(auth.requireUser())
    await drain()
    expect(first.now).toBe('not-authenticated')
    await signIn()
    void auth.refresh().catch(() => {})
    await drain()
    client.next('refresh').fail('session-expired')
    await drain()
    const second = watch(auth.requireUser())
    await drain()
    expect(second.now).toBe('session-expired')
  })

  it('requireUser does not wait for a sign-in: until one is granted, the current user stays', async () => {
    const { auth, client, signIn } = openTab()
    void auth.signIn(annsPassword).catch(() => {})
    await drain()
    const early = watch(auth.requireUser())
    await drain()
    expect(early.now).toBe('not-authenticated')
    client.next('signIn').fail('network')
    await drain()
    await signIn()
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
    const asked = watch(auth.requireUser())
    await drain()
    expect(asked.value).toEqual(ann)
    client.next('signIn').answer({ challenge: { kind: 'totp', handle: {} } })
    await drain()
    const editor = watch(auth.requireUser({ guard: 'isEditor' }))
    await drain()
    expect([auth.getState().status, editor.value]).toEqual(['challenged', ann])
    void auth.answerChallenge({ code: '123456' })
    await drain()
    client.next('answerChallenge').answer(grant(7, bob))
    await drain()
    const later = watch(auth.requireUser())
    await drain()
    expect(later.value).toEqual(bob)
  })

  it('requireUser ends with the signal of its caller, and before it began as well', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    const controller = new AbortController()
    const asked = watch(tab.auth.requireUser({ signal: controller.signal }))
    await drain()
    controller.abort(new Error('left the page'))
    const late = watch(tab.auth.requireUser({ signal: controller.signal }))
    await drain()
    expect([String(asked.error), String(late.error)]).toEqual(['Error: left the page', 'Error: left the page'])
  })
})

describe('hasRole', () => {
  const users: readonly (readonly [unknown, boolean])[] = [
    [{ role: 'admin' }, true],
    [{ role: 'editor' }, true],
    [{ role: 'Admin' }, false],
    [{ role: ' admin' }, false],
    [{ role: ['admin'] }, false],
    [{ role: null, roles: ['x', 'editor'] }, true],
    [{ roles: 'admin' }, false],
    [{ roles: { 0: 'admin', length: 1 } }, false],
    [{ roles: [['admin']] }, false],
    [{ roles: [{ toString: () => 'admin' }] }, false],
    [{ role: { toString: () => 'admin' } }, false],
    [{}, false],
    [null, false],
    [undefined, false],
    ['admin', false],
  ]
  it.each(users)('hasRole of %j: %s', (user, answer) => {
    expect(hasRole('admin', 'editor')({ user })).toBe(answer)
  })

  it('hasRole without roles is closed to every user', () => {
    expect(hasRole()({ user: { role: undefined, roles: [undefined] } })).toBe(false)
  })
})

it('isAuthenticated is true for a user who is signed in, also during a renewal', async () => {
  const { auth, client, signIn } = openTab()
  const seen: [string, boolean][] = []
  auth.subscribe((state) => void seen.push([state.status, isAuthenticated<User>(state)]))
  await signIn()
  void auth.refresh().catch(() => {})
  await drain()
  client.next('refresh').fail('session-expired')
  await drain()
  expect(seen).toEqual([
    ['authenticating', false],
    ['authenticated', true],
    ['refreshing', true],
    ['expired', false],
  ])
})
