/** What is asked for in one turn with a command, and what waits while another user signs in. */
import { fromCallback } from 'xstate'
import { authMachine } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  drain,
  grant,
  HOUR,
  openTab,
  settle,
  uncaughtDuring,
  watch,
  watchAll,
  type Options,
  type Tab,
} from './support.ts'

const HERE = 'https://api.test/posts'

async function signedIn(options: Options = {}): Promise<Tab> {
  const tab = openTab(options)
  await tab.signIn()
  return tab
}

/** Runs `act` where a command is only queued: inside a listener, while the chart is in the middle of a change. */
const places: Readonly<Record<string, (tab: Tab, act: () => void) => Promise<void>>> = {
  async 'outside a listener'(_, act) {
    act()
    await settle()
  },
  async 'inside a listener'(tab, act) {
    const stop = tab.auth.subscribe(() => {
      stop()
      act()
    })
    void tab.auth.refresh().catch(() => {})
    await settle()
  },
  async 'inside a listener of the actor'(tab, act) {
    const { unsubscribe } = tab.auth.actor.subscribe(() => {
      unsubscribe()
      act()
    })
    void tab.auth.refresh().catch(() => {})
    await settle()
  },
  async 'as a new token comes'(tab, act) {
    const stop = tab.auth.onToken(() => {
      stop()
      act()
    })
    void tab.auth.refresh().catch(() => {})
    await settle()
    tab.client.next('refresh').answer(grant(2))
    await settle()
  },
}

describe.each(Object.entries(places))('%s', (_, run) => {
  it('signOut(); fetch() sends no token of the user who signed out', async () => {
    const tab = await signedIn()
    let asked = watch(Promise.resolve())
    await run(tab, () => {
      void tab.auth.signOut()
      asked = watch(tab.auth.fetch(HERE).then(() => {}))
    })
    expect(tab.server.tokens().filter((token) => token !== null)).toEqual([])
    expect(['resolved', 'not-authenticated']).toContain(asked.now)
  })

  it('signOut(); getAccessToken() hands out no token of the user who signed out', async () => {
    const tab = await signedIn()
    const tokens: unknown[] = []
    await run(tab, () => {
      void tab.auth.signOut()
      void tab.auth.getAccessToken().then(
        (token) => tokens.push(token),
        () => tokens.push(null),
      )
    })
    expect(tokens).toEqual([null])
  })

  it('signOut(); reloadUser() asks the server for no user', async () => {
    const tab = await signedIn()
    let asked = watch(Promise.resolve())
    await run(tab, () => {
      void tab.auth.signOut()
      asked = watch(tab.auth.reloadUser().then(() => {}))
    })
    expect([asked.now, tab.client.counts.getUser]).toEqual(['not-authenticated', 0])
  })

  it('signOut(); requireUser() finds no user', async () => {
    const tab = await signedIn()
    let asked = watch(Promise.resolve())
    await run(tab, () => {
      void tab.auth.signOut()
      asked = watch(tab.auth.requireUser().then(() => {}))
    })
    expect(asked.now).toBe('not-authenticated')
  })

  it('fetch(); signOut() sends the request with its token', async () => {
    const tab = await signedIn()
    await run(tab, () => {
      void tab.auth.fetch(HERE, { method: 'POST', body: 'draft' })
      void tab.auth.signOut()
    })
    expect(tab.server.arrived).toMatchObject([{ body: 'draft', token: expect.stringMatching(/^access-/) as string }])
  })

  it('signIn(); fetch() does not wait for the answer to the sign-in', async () => {
    const tab = await signedIn()
    let asked = watch(Promise.resolve())
    await run(tab, () => {
      void tab.auth.signIn(bobsPassword).catch(() => {})
      asked = watch(tab.auth.fetch(HERE).then(() => {}))
    })
    expect([asked.now, tab.server.tokens()]).toEqual(['resolved', [expect.stringMatching(/^access-/)]])
  })

  it('destroy(); fetch() sends nothing', async () => {
    const tab = await signedIn()
    let asked = watch(Promise.resolve())
    await run(tab, () => {
      tab.auth.destroy()
      asked = watch(tab.auth.fetch(HERE).then(() => {}))
    })
    expect([asked.now, tab.server.arrived]).toEqual(['destroyed', []])
  })
})

describe('what waits for a token while another sign-in is granted', () => {
  /** Ann's token has ended and her renewal is on its way; then a sign-in is granted. */
  async function waitingThrough(sign: { readonly password: typeof annsPassword; readonly user: typeof ann }) {
    const tab = await signedIn()
    tab.clock.sleep(2 * HOUR)
    const waiting = watchAll([tab.auth.fetch(HERE), tab.auth.getAccessToken(), tab.auth.reloadUser()])
    await drain()
    const again = watch(tab.auth.signIn(sign.password))
    await drain()
    tab.client.next('signIn').answer(grant(7, sign.user))
    await settle()
    while (tab.client.has('getUser')) tab.client.next('getUser').answer(sign.user)
    await settle()
    if (tab.client.has('refresh')) tab.client.next('refresh').answer(grant(2))
    await settle()
    expect(again.now).toBe('resolved')
    return { tab, waiting }
  }

  it('the same user, who signed in once more, gets what they asked for [K15]', async () => {
    const { tab, waiting } = await waitingThrough({ password: annsPassword, user: ann })
    expect(waiting.map(({ now }) => now)).toEqual(['resolved', 'resolved', 'resolved'])
    expect([tab.server.tokens(), waiting[1]?.value]).toEqual([['access-7'], 'access-7'])
  })

  it('the same user with another role gets what they asked for [K15]', async () => {
    const { tab } = await waitingThrough({ password: annsPassword, user: { ...ann, role: 'member' } })
    expect([tab.server.tokens(), tab.auth.getState().user]).toEqual([['access-7'], { ...ann, role: 'member' }])
  })

  it('another user gets nothing of what was asked for before, and no token of theirs is handed out [K15, J2a]', async () => {
    const { tab, waiting } = await waitingThrough({ password: bobsPassword, user: bob })
    expect(waiting.map(({ now }) => now)).toEqual(Array(3).fill('identity-changed'))
    expect([tab.server.tokens(), waiting[1]?.value]).toEqual([[], undefined])
  })

  it('a 401 that comes after another user has signed in is handed back, and nothing is sent again [J2a]', async () => {
    const tab = await signedIn()
    tab.server.decide = () => null
    const asked = watch(tab.auth.fetch(HERE, { method: 'POST', body: 'of Ann' }))
    await settle()
    await tab.signIn(bob, 7)
    tab.server.answer(401)
    await settle()
    expect([asked.value?.status, tab.server.tokens()]).toEqual([401, ['access-1']])
    expect(tab.client.counts.refresh).toBe(0)
  })

  it('a 401 that comes after the same user has signed in once more is sent again [K15]', async () => {
    const tab = await signedIn()
    tab.server.decide = ({ token }) => (token === 'access-1' ? null : 200)
    const asked = watch(tab.auth.fetch(HERE, { method: 'POST', body: 'of Ann' }))
    await settle()
    await tab.signIn(ann, 7)
    tab.server.answer(401)
    await settle()
    expect([asked.value?.status, tab.server.tokens()]).toEqual([200, ['access-1', 'access-7']])
    expect(tab.client.counts.refresh).toBe(0)
  })

  it('a token that was asked for before a sign-out and a sign-in of another user is not theirs [J2a]', async () => {
    const tab = await signedIn()
    tab.clock.sleep(2 * HOUR)
    const asked = watchAll([tab.auth.getAccessToken(), tab.auth.fetch(HERE)])
    await drain()
    void tab.auth.signOut()
    await tab.signIn(bob, 7)
    await settle()
    expect(asked.map(({ now }) => now)).not.toContain('resolved')
    expect(tab.server.tokens()).toEqual([])
  })
})

it('a replaced part that throws as it starts settles every promise, and later ones too [K12]', async () => {
  const uncaught = await uncaughtDuring(async () => {
    const { reportError } = globalThis
    const told: unknown[] = []
    globalThis.reportError = (error) => void told.push(error)
    const machine = authMachine.provide({
      actors: {
        restore: fromCallback(() => {
          throw new Error('boom')
        }),
      },
    })
    const tab = openTab({ machine })
    const { auth } = tab
    const controller = new AbortController()
    const before = watchAll([
      auth.requireUser(),
      auth.requireUser({ guard: 'isEditor', signal: controller.signal }),
      auth.signIn(annsPassword),
      auth.signUp(annsPassword),
      auth.answerChallenge({ code: '1' }),
      auth.refresh(),
      auth.getAccessToken(),
      auth.fetch(HERE),
      auth.reloadUser(),
      auth.signOut(),
    ])
    await settle()
    const after = watchAll([auth.requireUser(), auth.signIn(annsPassword), auth.fetch(HERE), auth.getAccessToken()])
    await settle()
    globalThis.reportError = reportError
    for (const { now } of [...before, ...after]) expect(['unknown', 'no-challenge', 'resolved']).toContain(now)
    expect(after.map(({ now }) => now)).toEqual(Array(4).fill('unknown'))
    expect([auth.can('isEditor'), tab.server.arrived, tab.client.pending]).toEqual([false, [], []])
    auth.cancel()
    auth.dismiss()
    auth.subscribe(() => {})()
    auth.onToken(() => {})()
    auth.destroy()
    expect([told.length, tab.warnings]).toEqual([1, ['unknown']])
  })
  expect(uncaught).toEqual([])
})
