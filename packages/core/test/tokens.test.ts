/** `auth.onToken` and `auth.reloadUser`: a new token is told without its secret, and the user is asked for anew. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  browserWithSession,
  createDisk,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  HOUR,
  KEY,
  openTab,
  SECOND,
  watch,
  type Tab,
} from './support.ts'

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))
afterEach(() => void vi.restoreAllMocks())

/** Notes what a listener of `onToken` is called with, and the token that is handed out then. */
function listen({ auth }: Tab) {
  const told: unknown[][] = []
  const tokens: Promise<string | null>[] = []
  const stop = auth.onToken((...args: unknown[]) => {
    told.push(args)
    tokens.push(auth.getAccessToken())
  })
  return { told, stop, tokens: () => Promise.all(tokens) }
}

async function renew({ auth, client }: Tab, n: number): Promise<void> {
  void auth.refresh()
  await drain()
  client.next('refresh').answer(grant(n))
  await drain()
}

describe('auth.onToken', () => {
  it('onToken tells of each token once: of a sign-in, of each renewal, of a sign-in over it', async () => {
    const tab = openTab()
    const { told, tokens } = listen(tab)
    await tab.signIn()
    await renew(tab, 2)
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer(grant(3))
    await drain()
    await tab.signIn(bob, 7)
    expect(told).toEqual([[1], [2], [3], [4]])
    expect(await tokens()).toEqual(['access-1', 'access-2', 'access-3', 'access-7'])
  })

  it('onToken hands out a number and nothing else', async () => {
    const tab = openTab()
    const { told } = listen(tab)
    await tab.signIn()
    expect(JSON.stringify(told)).toBe('[[1]]')
  })

  it('onToken tells nothing of a token that was held before, nor of news about its user', async () => {
    const tab = openTab()
    await tab.signIn()
    const { told } = listen(tab)
    const asked = watch(tab.auth.reloadUser())
    await drain()
    tab.client.next('getUser').answer({ ...ann, role: 'member' })
    await drain()
    tab.network.wake(true)
    await drain()
    expect([asked.now, told]).toEqual(['resolved', []])
  })

  it('onToken starts the restore, and tells of the token that was stored', async () => {
    const tab = openTab({}, await browserWithSession())
    const { told, tokens } = listen(tab)
    await drain()
    expect([told, await tokens()]).toEqual([[[1]], ['access-1']])
  })

  it('onToken tells nothing of a sign-out, nor of the end of a session', async () => {
    for (const end of ['signOut', 'refuse'] as const) {
      const tab = openTab()
      await tab.signIn()
      const { told } = listen(tab)
      if (end === 'signOut') void tab.auth.signOut()
      else void tab.auth.refresh().catch(() => {})
      await drain()
      if (end === 'refuse') tab.client.next('refresh').fail('session-expired')
      await drain()
      expect([tab.auth.getState().user, told]).toEqual([null, []])
    }
  })

  it('onToken tells of a sign-in after a sign-out, of the same user as well', async () => {
    const tab = openTab()
    await tab.signIn()
    const { told, tokens } = listen(tab)
    void tab.auth.signOut()
    await tab.signIn(ann, 5)
    expect([told, await tokens()]).toEqual([[[2]], ['access-5']])
  })

  it('onToken tells of what another tab renewed, and of a sign-in there', async () => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const [here, there] = [openTab({}, browser, clock), openTab({}, browser, clock)]
    await here.signIn()
    await there.boot()
    const { told, tokens } = listen(here)
    await renew(there, 2)
    await there.signIn(bob, 7)
    expect([told, await tokens()]).toEqual([
      [[2], [3]],
      ['access-2', 'access-7'],
    ])
  })

  it('onToken tells of the token of another user whose generation is the same', async () => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const [here, there] = [openTab({}, browser, clock), openTab({}, browser, clock)]
    await here.boot()
    await there.boot()
    const { told, tokens } = listen(here)
    // both at once, so that neither knows of the other's
    void here.auth.signIn(annsPassword)
    void there.auth.signIn(bobsPassword)
    await drain()
    here.client.next('signIn').answer(grant(1, ann))
    there.client.next('signIn').answer(grant(7, bob))
    await drain()
    expect(here.auth.getState().user).toEqual(bob)
    expect([told, await tokens()]).toEqual([
      [[1], [1]],
      ['access-1', 'access-7'],
    ])
  })

  it('a listener of tokens that throws is reported, and the others hear', async () => {
    const tab = openTab()
    const boom = new Error('boom')
    tab.auth.onToken(() => {
      throw boom
    })
    const { told } = listen(tab)
    await tab.signIn()
    await renew(tab, 2)
    expect([told, tab.status()]).toEqual([[[1], [2]], 'authenticated'])
    expect(vi.mocked(console.error).mock.calls).toEqual([[boom], [boom]])
  })

  it('a listener of tokens that stopped hears nothing more, and the others do', async () => {
    const tab = openTab()
    const [one, other] = [listen(tab), listen(tab)]
    await tab.signIn()
    one.stop()
    one.stop()
    await renew(tab, 2)
    expect([one.told, other.told]).toEqual([[[1]], [[1], [2]]])
  })

  it('one function can listen twice for tokens', async () => {
    const tab = openTab()
    const told: number[] = []
    const listener = (generation: number): void => void told.push(generation)
    const stop = tab.auth.onToken(listener)
    tab.auth.onToken(listener)
    await tab.signIn()
    stop()
    await renew(tab, 2)
    expect(told).toEqual([1, 1, 2])
  })

  it('a listener of tokens may sign out, listen and stop as it hears', async () => {
    const tab = openTab()
    const heard: string[] = []
    const stop = tab.auth.onToken(() => {
      heard.push('one')
      stop()
      tab.auth.onToken(() => void heard.push('two'))
      void tab.auth.signOut()
    })
    await tab.signIn()
    await drain()
    expect([heard, tab.auth.getState().user]).toEqual([['one'], null])
  })

  it('onToken tells nothing after destroy()', async () => {
    const tab = openTab()
    await tab.signIn()
    const { told } = listen(tab)
    tab.auth.destroy()
    const late = listen(tab)
    await drain()
    expect([told, late.told]).toEqual([[], []])
  })

  it.each([undefined, null, 'listener', {}])(
    '%j is no listener of tokens, and is refused at once [K21]',
    (listener) => {
      expect(() => openTab().auth.onToken(listener as never)).toThrow(TypeError)
    },
  )
})

describe('auth.reloadUser', () => {
  async function signedIn() {
    const tab = openTab()
    await tab.signIn()
    return tab
  }

  it('reloadUser asks with the token that is held, spends none, and shows the answer', async () => {
    const tab = await signedIn()
    const asked = watch(tab.auth.reloadUser())
    await drain()
    expect(tab.client.next('getUser').input).toEqual({ accessToken: 'access-1' })
    tab.client.next('getUser').answer({ ...ann, role: 'member' })
    await drain()
    expect([asked.value, tab.auth.getState().user]).toEqual(Array(2).fill({ ...ann, role: 'member' }))
    expect([tab.auth.can('isEditor'), tab.client.spent, tab.status()]).toEqual([false, [], 'authenticated'])
  })

  it('reloadUser hands back the very user that was shown where nothing has changed', async () => {
    const tab = await signedIn()
    const { user } = tab.auth.getState()
    const seen: unknown[] = []
    tab.auth.subscribe((state) => void seen.push(state))
    const asked = watch(tab.auth.reloadUser())
    await drain()
    tab.client.next('getUser').answer({ ...ann })
    await drain()
    expect([asked.value === user, tab.auth.getState().user === user, seen]).toEqual([true, true, []])
  })

  it('reloadUser renews first where the token has ended', async () => {
    const tab = await signedIn()
    tab.clock.sleep(2 * HOUR)
    const asked = watch(tab.auth.reloadUser())
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.client.next('getUser').input).toEqual({ accessToken: 'access-2' })
    tab.client.next('getUser').answer(ann)
    await drain()
    expect([asked.now, tab.client.spent]).toEqual(['resolved', ['refresh-1']])
  })

  it('reloadUser waits for the restore', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    const asked = watch(tab.auth.reloadUser())
    await drain()
    expect([asked.now, tab.client.counts.getUser]).toEqual(['pending', 0])
    tab.tab.releaseStorage()
    await drain()
    while (tab.client.has('getUser')) tab.client.next('getUser').answer(ann)
    await drain()
    expect(asked.value).toEqual(ann)
  })

  it.each([[bob], [{ name: 'Bob' }], [{ ...bob, id: null }]])(
    'reloadUser shows no other user: %j [B1]',
    async (user) => {
      const tab = await signedIn()
      const asked = watch(tab.auth.reloadUser())
      await drain()
      tab.client.next('getUser').answer(user)
      await drain()
      expect(asked.now).not.toBe('resolved')
      expect(tab.auth.getState()).not.toMatchObject({ user: { name: 'Bob' } })
      if (user === bob) {
        expect(asked.now).toBe('user-mismatch')
        expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch', lastUser: ann })
        expect(await tab.stored()).not.toHaveProperty('accessToken')
      } else {
        expect([asked.now, tab.auth.getState().user]).toEqual(['invalid-response', ann])
      }
    },
  )

  it.each([null, undefined, 'Ann', 7, []])(
    'reloadUser changes nothing where the answer is no user: %j',
    async (answer) => {
      const tab = await signedIn()
      const asked = watch(tab.auth.reloadUser())
      await drain()
      tab.client.next('getUser').answer(answer)
      await drain()
      expect([asked.now, tab.auth.getState().user]).toEqual(['invalid-response', ann])
    },
  )

  it.each(['network', 'forbidden', 'unavailable', 'rate-limited'] as const)(
    'reloadUser rejects with %s, and changes nothing',
    async (code) => {
      const tab = await signedIn()
      const asked = watch(tab.auth.reloadUser())
      await drain()
      tab.client.next('getUser').fail(code)
      await drain()
      expect([asked.now, tab.auth.getState()]).toMatchObject([
        code,
        { status: 'authenticated', user: ann, error: null },
      ])
    },
  )

  it('reloadUser ends the session of a user whose account is banned', async () => {
    const tab = await signedIn()
    const asked = watch(tab.auth.reloadUser())
    await drain()
    tab.client.next('getUser').fail('account-banned')
    await drain()
    expect(asked.now).toBe('account-banned')
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'account-banned', lastUser: ann })
  })

  it('reloadUser waits no longer than any request', async () => {
    const tab = openTab({ requestTimeout: 5 * SECOND })
    await tab.signIn()
    const asked = watch(tab.auth.reloadUser())
    await drain()
    tab.clock.advance(5 * SECOND)
    await drain()
    expect(asked.now).toBe('timeout')
  })

  it('reloadUser says so where the client cannot ask, and where no user is signed in', async () => {
    const tab = openTab({ without: ['getUser'] })
    await tab.signIn()
    const asked = watch(tab.auth.reloadUser())
    await drain()
    void tab.auth.signOut()
    const out = watch(tab.auth.reloadUser())
    await drain()
    tab.auth.destroy()
    const late = watch(tab.auth.reloadUser())
    await drain()
    expect([asked.now, out.now, late.now]).toEqual(['not-supported', 'not-authenticated', 'destroyed'])
  })

  it('reloadUser says that the session is over where it is', async () => {
    const tab = await signedIn()
    void tab.auth.refresh().catch(() => {})
    await drain()
    tab.client.next('refresh').fail('session-expired')
    await drain()
    const asked = watch(tab.auth.reloadUser())
    await drain()
    expect([asked.now, tab.client.counts.getUser]).toEqual(['session-expired', 0])
  })

  it('reloadUser drops an answer that comes after a sign-out, or after another sign-in', async () => {
    for (const next of [null, bob]) {
      const tab = await signedIn()
      const asked = watch(tab.auth.reloadUser())
      await drain()
      if (next) await tab.signIn(next, 7)
      else void tab.auth.signOut()
      await drain()
      tab.client.next('getUser').answer({ ...ann, name: 'Ann B.' })
      await drain()
      expect([asked.now, tab.auth.getState().user]).toEqual(['identity-changed', next])
    }
  })

  it('reloadUser settles where the auth is destroyed', async () => {
    const tab = await signedIn()
    const asked = watch(tab.auth.reloadUser())
    await drain()
    tab.auth.destroy()
    await drain()
    expect(asked.now).not.toBe('pending')
  })

  it('reloadUser confirms a user who was only stored, and opens their guards', async () => {
    const tab = openTab({}, await browserWithSession())
    const asked = watch(tab.auth.reloadUser())
    await drain()
    expect(tab.auth.can('isEditor')).toBe(false)
    while (tab.client.has('getUser')) tab.client.next('getUser').answer(ann)
    await drain()
    expect([asked.now, tab.auth.can('isEditor')]).toEqual(['resolved', true])
  })

  it('reloadUser does not take a later renewal back', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    const asked = watch(tab.auth.reloadUser())
    await drain()
    await renew(tab, 2)
    tab.client.next('getUser').answer({ ...ann, role: 'member' })
    await drain()
    expect(asked.now).toBe('resolved')
    expect([await tab.auth.getAccessToken(), disk.records.get(KEY)]).toMatchObject(['access-2', { generation: 2 }])
  })
})
