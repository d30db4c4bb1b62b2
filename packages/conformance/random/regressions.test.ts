/** What the random campaigns found, told as it happens to a user. */
import { drain } from '@authchart/core/testing'
import { describe, expect, test } from 'vitest'
import { boot, perform, type Command } from './commands.ts'
import { watchedSimulation, type Watched } from './invariants.ts'
import type { Hooks } from './simulation.ts'

const setup = { isJwt: false, sendsUser: false, hasGetUser: true, hasPing: false, isInspected: false, seed: 0 }
const signIn = (page: number, as: 'ann' | 'bob' = 'ann') => ({ do: 'signIn', page, as, with: 'password' }) as const
const status = ({ pages }: Watched) => pages.map(({ auth }) => auth.getState().status)

const users = ({ pages }: Watched) => pages.map(({ auth }) => auth.getState().user?.id)

/** The story, with the invariants after every step of it. */
async function play(story: readonly Command[], seed = 0, hooks: Pick<Hooks, 'turn'> = {}): Promise<Watched> {
  const sim = watchedSimulation({ ...setup, seed }, hooks)
  boot(sim)
  await sim.check()
  await goOn(sim, story)
  return sim
}

async function goOn(sim: Watched, story: readonly Command[]): Promise<void> {
  for (const command of story) {
    await perform(sim, command)
    await sim.check()
  }
}

/** Makes a page wait at the next of such turns, until it is told to go on. */
function delay(page: number, what: string) {
  let isNext = false
  let go = (): void => {}
  const until = new Promise<void>((resolve) => {
    go = resolve
  })
  const turn: NonNullable<Hooks['turn']> = async ({ number }, at) => {
    if (!isNext || number !== page || at !== what) return
    isNext = false
    await until
  }
  return {
    turn,
    next: () => void (isNext = true),
    async end() {
      go()
      await drain()
    },
  }
}

/** The disk is free again, and at that very moment the user looks at the page. */
async function releaseAndWake({ pages: [page] }: Watched): Promise<void> {
  if (!page) throw new Error('No page is open')
  page.isHeld = false
  page.tab.releaseStorage()
  page.network.wake()
  await drain()
}

describe('a disk that is slow for a while', () => {
  test('a disk that is slow for a while does not make one tab spend what another tab has spent meanwhile', async () => {
    const sim = await play([
      { do: 'open' },
      signIn(0),
      { do: 'holdStorage', page: 0 },
      { do: 'advance', minutes: 61 },
      { do: 'releaseStorage', page: 0 },
    ])
    await sim.finish()
    expect(sim.server.accounts.replays()).toBe(0)
  })

  test.each([0, 5])(
    'a disk that is slow for a while in one tab signs no user out, whichever tab renews first (%i)',
    async (seed) => {
      const sim = await play(
        [
          { do: 'open' },
          signIn(0),
          { do: 'holdStorage', page: 0 },
          { do: 'wake', page: 0 },
          { do: 'advance', minutes: 0.1 },
          { do: 'releaseStorage', page: 0 },
          { do: 'advance', minutes: 61 },
          { do: 'wake', page: 1 },
        ],
        seed,
      )
      expect(status(sim)).toEqual(['authenticated', 'authenticated'])
      await sim.finish()
    },
  )

  test('a disk that is slow for a while does not bring back a user who signed out while another was about to sign in', async () => {
    const sim = await play([
      signIn(0),
      { do: 'holdStorage', page: 0 },
      signIn(0, 'bob'),
      { do: 'signOut', page: 0 },
      { do: 'releaseStorage', page: 0 },
      { do: 'reload', page: 0 },
    ])
    expect(status(sim)).toEqual(['anonymous'])
    await sim.finish()
  })

  test('a disk that is slow for a while keeps the last of many sign-ins', async () => {
    const sim = await play([
      { do: 'holdStorage', page: 0 },
      signIn(0, 'bob'),
      signIn(0, 'ann'),
      signIn(0, 'bob'),
      signIn(0, 'ann'),
      signIn(0, 'bob'),
    ])
    await releaseAndWake(sim)
    await sim.pass(3_600_000)
    await sim.check()
    expect(sim.pages[0]?.auth.getState()).toMatchObject({
      status: 'authenticated',
      user: { id: 'u-bob' },
      persistence: 'stored',
    })
    await sim.finish()
  })

  test('a disk that is slow for a while does not hide that a user signed in in another tab', async () => {
    const sim = await play([
      { do: 'holdStorage', page: 0 },
      signIn(0),
      { do: 'signOut', page: 0 },
      { do: 'open' },
      signIn(1),
      { do: 'releaseStorage', page: 0 },
    ])
    expect(status(sim)).toEqual(['authenticated', 'authenticated'])
    await sim.finish()
  })

  test('a disk that is slow only while one tab renews signs out no other tab', async () => {
    const slow = delay(1, 'storage has read')
    const sim = await play([signIn(0), { do: 'open' }], 0, slow)
    slow.next()
    await goOn(sim, [
      { do: 'refresh', page: 0 },
      { do: 'advance', minutes: 0.1 },
      { do: 'wake', page: 1 },
    ])
    expect(sim.server.facts.refreshes).toBe(1)
    expect(status(sim)).toEqual(['authenticated', 'authenticated'])
    await slow.end()
    await sim.finish()
  })

  test('a disk that is slow for a while keeps the user who signs in while the one before is being written to it again', async () => {
    const slow = delay(1, 'storage has written')
    const sim = await play([signIn(0), { do: 'holdStorage', page: 0 }, signIn(0, 'bob')], 0, slow)
    await goOn(sim, [
      { do: 'advance', minutes: 0.1 },
      { do: 'releaseStorage', page: 0 },
    ])
    slow.next()
    await goOn(sim, [{ do: 'refresh', page: 0 }, signIn(0, 'ann')])
    await slow.end()
    await goOn(sim, [{ do: 'wake', page: 0 }, { do: 'open' }])
    expect(users(sim)).toEqual(['u-ann', 'u-ann'])
    await sim.finish()
  })

  test('a disk that is slow for a while does not bring back a sign-in that was given up', async () => {
    const sim = await play([
      { do: 'holdStorage', page: 0 },
      signIn(0, 'ann'),
      signIn(0, 'bob'),
      { do: 'signOut', page: 0 },
    ])
    await releaseAndWake(sim)
    expect(status(sim)).toEqual(['signedOut'])
    await sim.finish()
  })
})

describe('a disk that stores a sign-in too late', () => {
  test.each(['storage writes', 'storage has written'])(
    'a disk that stores a sign-in too late does not get its token spent twice (%s)',
    async (what) => {
      const slow = delay(1, what)
      const sim = await play([], 0, slow)
      slow.next()
      await goOn(sim, [signIn(0), { do: 'advance', minutes: 0.1 }])
      await slow.end()
      await goOn(sim, [{ do: 'advance', minutes: 40 }, { do: 'open' }, { do: 'refresh', page: 1 }])
      expect(status(sim)).toEqual(['authenticated', 'authenticated'])
      await sim.finish()
    },
  )
})

describe('a disk that does late what other tabs have been told of', () => {
  test('a sign-in that a disk stores late is heard of again by the other tabs', async () => {
    const slow = delay(1, 'storage writes')
    const sim = await play([{ do: 'open' }], 0, slow)
    slow.next()
    await goOn(sim, [signIn(0), { do: 'advance', minutes: 0.1 }])
    await slow.end()
    expect(status(sim)).toEqual(['authenticated', 'authenticated'])
    await sim.finish()
  })

  test('a sign-out that a disk stores late is heard of again by the other tabs', async () => {
    const sim = await play([
      signIn(0),
      { do: 'open' },
      { do: 'holdStorage', page: 0 },
      { do: 'signOut', page: 0 },
      { do: 'advance', minutes: 0.1 },
    ])
    expect(status(sim)).toEqual(['signedOut', 'authenticated'])
    await goOn(sim, [{ do: 'releaseStorage', page: 0 }])
    expect(status(sim)).toEqual(['signedOut', 'signedOut'])
    await sim.finish()
  })

  test('a sign-in that is written back when the disk works again is heard of again by the other tabs', async () => {
    const sim = await play([
      signIn(0),
      { do: 'open' },
      { do: 'holdStorage', page: 0 },
      { do: 'wake', page: 0 },
      { do: 'advance', minutes: 0.1 },
      signIn(0, 'bob'),
      { do: 'releaseStorage', page: 0 },
      // nothing is renewed, and nothing said of it
      { do: 'goOffline' },
      { do: 'refresh', page: 0 },
    ])
    expect(users(sim)).toEqual(['u-bob', 'u-bob'])
    await sim.finish()
  })
})

describe('a page that is put away before its disk has answered', () => {
  test('a sign-in that is stored after its page was put away is heard of by the other tabs', async () => {
    const sim = await play([
      { do: 'open' },
      { do: 'holdStorage', page: 0 },
      signIn(0),
      { do: 'advance', minutes: 0.1 },
      { do: 'destroy', page: 0 },
      { do: 'releaseStorage', page: 0 },
    ])
    expect(status(sim)).toEqual(['authenticated', 'authenticated'])
    await sim.finish()
  })
})

describe('a disk that never answers again', () => {
  test.each(['holdStorage', 'breakStorage'] as const)(
    'a disk that never answers again (%s) asks for one sign-in, in this tab only',
    async (lose) => {
      const sim = await play([signIn(0), { do: 'open' }, { do: lose, page: 0 }, { do: 'advance', minutes: 65 }])
      expect(status(sim)).toEqual(['expired', 'authenticated'])
      expect(sim.pages[0]?.auth.getState()).toMatchObject({ reason: 'access-token-expired', persistence: 'memory' })
      await goOn(sim, [signIn(0, 'bob'), { do: 'advance', minutes: 300 }])
      expect(users(sim)).toEqual(['u-bob', 'u-ann'])
      await sim.finish()
    },
  )

  test('a disk that never takes anything does not sign out the user who signs in while another sign-in waits for it', async () => {
    const sim = await play([
      { do: 'holdStorage', page: 0 },
      { do: 'breakStorage', page: 0 },
      signIn(0),
      signIn(0, 'bob'),
    ])
    await releaseAndWake(sim)
    expect(users(sim)).toEqual(['u-bob'])
    await sim.finish(true)
  })

  test('a disk that never answers again in one tab does not make it spend the token of a sign-in that another tab has renewed', async () => {
    const sim = await play([
      { do: 'fault', kind: 'silent', method: 'refresh', times: 1, seconds: 0 },
      signIn(0),
      { do: 'endSessions', of: 'ann' },
      { do: 'reload', page: 0 },
      { do: 'open' },
      signIn(0),
      { do: 'breakStorage', page: 1 },
      { do: 'advance', minutes: 61 },
      { do: 'advance', minutes: 5 },
    ])
    expect(status(sim)).toEqual(['authenticated', 'expired'])
    await sim.finish()
    expect(sim.server.accounts.replays()).toBe(0)
  })

  test('a disk that never answers again in a page does not keep a user signed in who signs out there when the session has ended', async () => {
    const sim = await play([
      signIn(0),
      { do: 'holdStorage', page: 0 },
      { do: 'advance', minutes: 180 },
      { do: 'signOut', page: 0 },
      { do: 'advance', minutes: 1 },
    ])
    expect(status(sim)).toEqual(['signedOut'])
    await goOn(sim, [{ do: 'releaseStorage', page: 0 }, { do: 'advance', minutes: 10 }, { do: 'open' }])
    expect(status(sim)).toEqual(['signedOut', 'anonymous'])
  })

  test('a disk that answers again after hours does not keep a user signed in who signs out when the session has ended there', async () => {
    const sim = await play([
      signIn(0),
      { do: 'holdStorage', page: 0 },
      { do: 'advance', minutes: 300 },
      { do: 'releaseStorage', page: 0 },
      { do: 'signOut', page: 0 },
      { do: 'open' },
    ])
    expect(status(sim)).toEqual(['signedOut', 'anonymous'])
  })

  test('a disk that answers what it was asked before a sign-in does not sign that user out', async () => {
    const sim = await play([
      { do: 'signIn', page: 0, as: 'ann', with: 'second factor' },
      { do: 'holdStorage', page: 0 },
      { do: 'breakStorage', page: 0 },
      { do: 'open' },
      { do: 'answer', page: 0, right: true },
      { do: 'signIn', page: 3, as: 'ann', with: 'password' },
      { do: 'sleep', minutes: 1 },
      { do: 'signIn', page: 0, as: 'ann', with: 'password' },
      { do: 'holdStorage', page: 0 },
    ])
    await sim.finish()
  })

  test('a disk that answers again takes a sign-in in place of that of another tab, which is signed in all the time', async () => {
    const sim = await play([
      { do: 'holdStorage', page: 0 },
      { do: 'open' },
      signIn(0),
      { do: 'advance', minutes: 0.5 },
      signIn(1),
      { do: 'releaseStorage', page: 0 },
      signIn(0),
    ])
    expect(status(sim)).toEqual(['authenticated', 'authenticated'])
    await sim.finish()
  })

  test('a sign-in that is stored while the session before it ends stays stored', async () => {
    const sim = await play([
      signIn(0),
      { do: 'open' },
      { do: 'holdStorage', page: 3 },
      { do: 'fault', kind: 'late', method: 'refresh', times: 1, seconds: 0 },
      { do: 'sleep', minutes: 61 },
      { do: 'reload', page: 0 },
      signIn(0, 'bob'),
      signIn(0),
      { do: 'open' },
    ])
    await sim.finish()
  })

  test('a disk that never answers again leaves a session alone whose access token is good', async () => {
    const sim = await play([signIn(0), { do: 'holdStorage', page: 0 }, { do: 'advance', minutes: 59 }])
    expect(users(sim)).toEqual(['u-ann'])
    await goOn(sim, [
      { do: 'releaseStorage', page: 0 },
      { do: 'advance', minutes: 5 },
    ])
    expect(users(sim)).toEqual(['u-ann'])
    await sim.finish()
  })
})

describe('a server that renews the session of one user with the token of another', () => {
  const mixUp = { do: 'fault', kind: 'someoneElse', method: 'refresh', times: 1, seconds: 0 } as const

  test('a server that renews the session of one user with the token of another does not get that token used while it cannot be asked whose it is', async () => {
    const sim = await play([
      signIn(0),
      mixUp,
      { do: 'fault', kind: 'lostAfter', method: 'getUser', times: 5, seconds: 0 },
      { do: 'refresh', page: 0 },
      { do: 'fetch', page: 0 },
    ])
    await sim.finish()
    expect(status(sim)).toEqual(['expired'])
  })

  test('a server that renews the session of one user with the token of another does not get that token used by another tab before it is known whose it is', async () => {
    const sim = await play([
      { do: 'open' },
      signIn(0),
      mixUp,
      { do: 'fault', kind: 'slow', method: 'getUser', times: 2, seconds: 20 },
      { do: 'refresh', page: 0 },
      { do: 'wake', page: 1 },
      { do: 'fetch', page: 1 },
    ])
    await sim.finish()
    expect(status(sim)).toEqual(['expired', 'expired'])
  })
})

test('tokens that the server ended before it could be asked whose they are go to no request of a tab that opens later', async () => {
  const lostBefore = { do: 'fault', kind: 'lostBefore', method: 'refresh', times: 1, seconds: 0 } as const
  const sim = await play([
    { do: 'fault', kind: 'slow', method: 'refresh', times: 1, seconds: 0 },
    signIn(0),
    { do: 'refresh', page: 0 },
    { do: 'endSessions', of: 'ann' },
    lostBefore,
    { do: 'advance', minutes: 0.02 },
    { do: 'open' },
  ])
  const [, later] = sim.pages
  expect(later?.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate', confirmed: false })
  await expect(later?.auth.getAccessToken()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
  await sim.finish()
})

describe('tabs that do things at the same time', () => {
  test('what was read before a sign-in and is heard after it does not sign the user out', async () => {
    const slow = delay(2, 'storage has read')
    const sim = await play([signIn(0), { do: 'open' }, { do: 'signOut', page: 0 }], 0, slow)
    slow.next()
    await goOn(sim, [{ do: 'wake', page: 1 }, signIn(1, 'bob')])
    await slow.end()
    expect(status(sim)).toEqual(['authenticated', 'authenticated'])
    await sim.finish()
  })

  test('a tab that is put away before its renewal has begun does not sign the user out', async () => {
    const slow = delay(1, 'gets the lock')
    const sim = await play([signIn(0), { do: 'open' }], 0, slow)
    slow.next()
    await goOn(sim, [
      { do: 'refresh', page: 0 },
      { do: 'destroy', page: 0 },
    ])
    await slow.end()
    await goOn(sim, [{ do: 'wake', page: 1 }])
    expect(sim.pages[1]?.auth.getState().status).toBe('authenticated')
    expect(sim.server.facts.refreshes).toBe(0)
    await sim.finish()
  })

  test('a tab that is put away during a sign-in does not sign the user in', async () => {
    const lock = delay(1, 'gets the lock')
    const disk = delay(1, 'storage writes')
    const turn: Hooks['turn'] = async (page, what) => {
      await lock.turn(page, what)
      await disk.turn(page, what)
    }
    const sim = await play([signIn(0), { do: 'open' }], 0, { turn })
    lock.next()
    disk.next()
    await goOn(sim, [{ do: 'refresh', page: 0 }, signIn(0, 'bob'), { do: 'destroy', page: 0 }])
    await disk.end()
    await goOn(sim, [{ do: 'wake', page: 1 }])
    expect(sim.pages[1]?.auth.getState().user).toMatchObject({ id: 'u-ann' })
    await lock.end()
    await sim.finish()
  })

  test('a sign-in that is given up while it is being stored is not left in a tab that took it up', async () => {
    const slow = delay(1, 'storage has written')
    const sim = await play([signIn(0), { do: 'open' }], 0, slow)
    slow.next()
    await goOn(sim, [signIn(0, 'bob'), { do: 'wake', page: 1 }])
    expect(users(sim)[1]).toBe('u-bob')
    await goOn(sim, [{ do: 'cancel', page: 0 }])
    await slow.end()
    expect(users(sim)).toEqual(['u-ann', 'u-ann'])
    await sim.finish()
  })

  test('a sign-in that is given up while it is being stored is not left in a tab that has renewed it already', async () => {
    const slow = delay(1, 'storage has written')
    const sim = await play([signIn(0), { do: 'open' }], 0, slow)
    slow.next()
    await goOn(sim, [signIn(0, 'bob'), { do: 'wake', page: 1 }, { do: 'refresh', page: 1 }, { do: 'cancel', page: 0 }])
    await slow.end()
    expect(users(sim)).toEqual(['u-ann', 'u-ann'])
    await sim.finish()
  })

  test('a sign-in that is given up while it is being stored does not bring back a user who signed out meanwhile in another tab', async () => {
    const slow = delay(1, 'storage has written')
    const sim = await play([signIn(0), { do: 'open' }], 0, slow)
    slow.next()
    await goOn(sim, [signIn(0, 'bob'), { do: 'signOut', page: 1 }, { do: 'cancel', page: 0 }])
    await slow.end()
    expect(status(sim)).toEqual(['signedOut', 'signedOut'])
    await sim.finish()
  })

  test('a sign-in that is given up while it is being stored is not left where the session before it had ended', async () => {
    const slow = delay(2, 'storage has written')
    const ended = [signIn(0), { do: 'endSessions', of: 'ann' }, { do: 'refresh', page: 0 }] as const
    const sim = await play([...ended, { do: 'reload', page: 0 }, { do: 'open' }], 0, slow)
    slow.next()
    await goOn(sim, [signIn(0, 'bob'), { do: 'wake', page: 1 }])
    expect(status(sim)).toEqual(['authenticating', 'authenticated'])
    await goOn(sim, [{ do: 'cancel', page: 0 }])
    await slow.end()
    expect(status(sim)).toEqual(['expired', 'signedOut'])
    await sim.finish()
  })

  test('the later of two sign-ins that are stored at the same time is that of all tabs, and lives', async () => {
    const slow = delay(1, 'storage has written')
    const sim = await play([{ do: 'open' }], 0, slow)
    slow.next()
    await goOn(sim, [signIn(0, 'ann'), signIn(1, 'bob')])
    await slow.end()
    await sim.pass(2 * 3_600_000)
    expect(users(sim)).toEqual(['u-bob', 'u-bob'])
    await sim.finish()
  })

  test('a tab that takes up the sign-in of another one asks once who that is', async () => {
    const sim = await play([signIn(0), { do: 'open' }])
    const before = sim.server.facts.calls
    // signs in, asks who that is, and revokes what was there before
    await goOn(sim, [signIn(0, 'bob')])
    expect(sim.server.facts.calls - before).toBe(3 + 1)
    await sim.finish()
  })
})
