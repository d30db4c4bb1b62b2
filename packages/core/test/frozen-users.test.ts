/** What an app sees of its users is read-only: a form or a guard that writes into one changes no session. */
import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  browserWithSession,
  createDisk,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  openTab,
  watch,
  type Options,
  type User,
} from './support.ts'

interface Profile extends User {
  readonly address: { city: string }
  readonly tags: { name: string }[]
}
const profile = (): Profile => ({ ...ann, address: { city: 'Ghent' }, tags: [{ name: 'vip' }] })

/** What `v-model="user.name"` and its kind do. Says which of them were let through. */
function writeInto(user: unknown): readonly string[] {
  const { address, tags } = user as Profile
  const writes: readonly (readonly [string, () => unknown])[] = [
    ['a field', () => Object.assign(user as object, { name: 'Mallory' })],
    ['a new field', () => Object.assign(user as object, { isAdmin: true })],
    ['a field that goes', () => delete (user as Partial<{ role: string }>).role],
    ['a nested field', () => Object.assign(address, { city: 'Oslo' })],
    ['a list', () => tags.push({ name: 'admin' })],
    ['a field of a list', () => Object.assign(tags[0] as object, { name: 'admin' })],
  ]
  return writes
    .filter(([, write]) => {
      try {
        write()
        return true
      } catch {
        return false
      }
    })
    .map(([name]) => name)
}

describe('a user of plain data', () => {
  const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      'a sign-in brought',
      async () => {
        const tab = openTab()
        await tab.signIn(profile())
        return tab.auth.getState().user
      },
    ],
    [
      'a sign-in handed back',
      async () => {
        const tab = openTab()
        const asked = watch(tab.auth.signIn(annsPassword))
        await drain()
        tab.client.next('signIn').answer(grant(1, profile()))
        await drain()
        return asked.value
      },
    ],
    [
      'getUser brought at a sign-in',
      async () => {
        const tab = openTab()
        void tab.auth.signIn(annsPassword)
        await drain()
        tab.client.next('signIn').answer(grant(1, null))
        await drain()
        tab.client.next('getUser').answer(profile())
        await drain()
        return tab.auth.getState().user
      },
    ],
    [
      'a renewal brought',
      async () => {
        const tab = openTab()
        await tab.signIn()
        tab.clock.advance(DUE)
        await drain()
        tab.client.next('refresh').answer(grant(2, profile()))
        await drain()
        return tab.auth.getState().user
      },
    ],
    [
      'was stored',
      async () => {
        const tab = openTab({}, await browserWithSession(profile()))
        await tab.boot()
        return tab.auth.getState().user
      },
    ],
    [
      'the server confirmed after a reload',
      async () => {
        const tab = openTab({}, await browserWithSession())
        await tab.boot()
        tab.client.next('getUser').answer(profile())
        await drain()
        return tab.auth.requireUser({ guard: 'isEditor' })
      },
    ],
    [
      'reloadUser brought',
      async () => {
        const tab = openTab()
        await tab.signIn()
        const asked = watch(tab.auth.reloadUser())
        await drain()
        tab.client.next('getUser').answer(profile())
        await drain()
        return asked.value
      },
    ],
    [
      'another tab signed in',
      async () => {
        const browser = fakeBrowser()
        const [here, there] = [openTab({}, browser), openTab({}, browser)]
        await here.boot()
        await there.signIn(profile())
        return here.auth.getState().user
      },
    ],
    [
      'another tab renewed',
      async () => {
        const browser = fakeBrowser()
        const clock = fakeClock()
        const here = openTab({}, browser, clock)
        await here.signIn()
        const there = openTab({}, browser, clock)
        await there.boot()
        void there.auth.refresh()
        await drain()
        there.client.next('refresh').answer(grant(2, profile()))
        await drain()
        return here.auth.getState().user
      },
    ],
    [
      'was signed in before a session ended',
      async () => {
        const tab = openTab()
        await tab.signIn(profile())
        void tab.auth.refresh().catch(() => {})
        await drain()
        tab.client.next('refresh').fail('session-expired')
        await drain()
        return (tab.auth.getState() as { lastUser?: unknown }).lastUser
      },
    ],
    [
      'was signed in before a session ended, after a reload',
      async () => {
        const browser = fakeBrowser()
        const first = openTab({}, browser)
        await first.signIn(profile())
        void first.auth.refresh().catch(() => {})
        await drain()
        first.client.next('refresh').fail('session-expired')
        await drain()
        const tab = openTab({}, browser)
        await tab.boot()
        return (tab.auth.getState() as { lastUser?: unknown }).lastUser
      },
    ],
  ]
  it.each(ways)('a write into a user that %s changes nothing, at any depth [K22]', async (_, bring) => {
    const user = await bring()
    expect(writeInto(user)).toEqual([])
    expect(user).toEqual(profile())
  })

  it('a write into the parts of a user whom the client has frozen changes nothing [K22]', async () => {
    const tab = openTab()
    await tab.signIn(Object.freeze(profile()))
    expect(writeInto(tab.auth.getState().user)).toEqual([])
  })

  it('what a form wrote is not stored with the next renewal [K22]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn(profile())
    writeInto(tab.auth.getState().user)
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer(grant(2, null))
    await drain()
    tab.client.next('getUser').answer(profile())
    await drain()
    expect(disk.record).toMatchObject({ generation: 2, user: profile() })
  })

  it('a guard that writes into the user is closed, and changes nothing for other guards [K14b]', async () => {
    const greedy = {
      isEditor: ({ user }: { user: User }) => {
        Object.assign(user, { role: 'admin' })
        return user.role === 'admin'
      },
      isAdmin: ({ user }: { user: User }) => user.role === 'admin',
    }
    const told: unknown[] = []
    const { reportError } = globalThis
    globalThis.reportError = (error) => void told.push(error)
    try {
      const tab = openTab({ guards: greedy as never } as Options)
      await tab.signIn(profile())
      expect([tab.auth.can('isEditor'), tab.auth.can('isAdmin' as 'isEditor')]).toEqual([false, false])
      expect(tab.auth.getState().user).toEqual(profile())
      expect(told).toEqual([expect.any(TypeError)])
    } finally {
      globalThis.reportError = reportError
    }
  })
})

describe('a user who is more than plain data', () => {
  class Member {
    readonly id = 'u1'
    readonly role = 'editor'
    name = 'Ann'
    rename(name: string): void {
      this.name = name
    }
  }

  it('a user of a class may go on changing itself [K22]', async () => {
    const member = new Member()
    const tab = openTab()
    await tab.signIn(member)
    member.rename('Ann B.')
    expect(tab.auth.getState().user).toBe(member)
    expect(tab.auth.can('isEditor')).toBe(true)
  })

  it('parts that are of a class stay as they are [K22]', async () => {
    const since = new Date(0)
    const parts = { since, seen: new Map([['a', 1]]), photo: new Uint8Array(2), owner: new Member() }
    const tab = openTab()
    await tab.signIn({ ...ann, ...parts })
    since.setFullYear(2000)
    parts.seen.set('b', 2)
    parts.photo[0] = 7
    parts.owner.rename('Ann B.')
    expect(tab.auth.getState().user).toMatchObject({ ...parts, name: 'Ann' })
  })

  const odd: readonly (readonly [string, () => object])[] = [
    [
      'has itself as a part',
      () => {
        const user = { ...ann, self: {} as unknown, all: [] as unknown[] }
        user.self = user
        user.all.push(user)
        return user
      },
    ],
    [
      'is nested very deeply',
      () => {
        let deep: unknown = []
        for (let n = 0; n < 20_000; n += 1) deep = [deep]
        return { ...ann, deep }
      },
    ],
    ['has a great many parts', () => ({ ...ann, many: Array.from({ length: 5000 }, (_, n) => ({ n })) })],
    [
      'has a part that throws',
      () => ({
        ...ann,
        get age(): number {
          throw new Error('no')
        },
      }),
    ],
    ['has no prototype', () => Object.assign(Object.create(null) as object, ann)],
    [
      'cannot be frozen',
      () =>
        new Proxy(
          { ...ann },
          {
            preventExtensions() {
              throw new Error('no')
            },
          },
        ),
    ],
    ['has parts under symbols', () => ({ ...ann, [Symbol('part')]: { name: 'x' } })],
  ]
  it.each(odd)('a user who %s is signed in, renewed and signed out as any other [K22]', async (_, make) => {
    const tab = openTab()
    await tab.signIn(make() as User)
    expect([tab.auth.getState().user?.id, tab.auth.can('isEditor')]).toEqual(['u1', true])
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer(grant(2, make() as User))
    await drain()
    expect(await tab.auth.getAccessToken()).toBe('access-2')
    void tab.auth.signOut()
    await drain()
    expect(tab.auth.getState().user).toBe(null)
  })

  it('what the app gave for the first paint is left alone', () => {
    const initialSession = { user: profile() }
    openTab({ initialSession })
    initialSession.user.address.city = 'Oslo'
    expect(initialSession.user.address.city).toBe('Oslo')
  })

  it('credentials are not frozen', async () => {
    const credentials = { ...annsPassword }
    const tab = openTab()
    void tab.auth.signIn(credentials).catch(() => {})
    await drain()
    Object.assign(credentials, { password: 'other' })
    expect(Object.isFrozen(credentials)).toBe(false)
    tab.client.next('signIn').answer(grant(1, bob))
    await drain()
    expect(tab.auth.getState().user).toEqual(bob)
  })
})
