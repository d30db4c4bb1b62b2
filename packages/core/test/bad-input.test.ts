import { describe, expect, it } from 'vitest'
import {
  ann,
  bob,
  drain,
  DUE,
  fakeBrowser,
  grant,
  guards,
  HOUR,
  MINUTE,
  never,
  openTab,
  scriptedClient,
  uncaughtDuring,
  watch,
  type Options,
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
describe('a user that no JSON can show', () => {
  const strange: readonly (readonly [string, () => object])[] = [
    ['a big number in it', () => ({ ...ann, balance: 10n })],
    [
      'a circle in it',
      () =>
        Object.assign(
          { ...ann },
          {
            get self() {
              return this
            },
          },
        ),
    ],
    [
      'a toJSON that throws',
      () => ({
        ...ann,
        toJSON: () => {
          throw new Error('no')
        },
      }),
    ],
  ]
  it.each(strange)('a user with %s signs in, is renewed and confirmed', async (_, make) => {
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab()
      await tab.signIn(make() as User)
      tab.clock.advance(DUE)
      await drain()
      tab.client.next('refresh').answer(grant(2, make() as User))
      await drain()
      expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', confirmed: true })
      expect(await tab.auth.getAccessToken()).toBe('access-2')
    })
    expect(uncaught).toEqual([])
  })

  it('a right that is taken away from a set of rights closes its guard', async () => {
    interface Member extends User {
      readonly rights: ReadonlySet<string>
    }
    const tab = openTab({ guards: { ...guards, isEditor: ({ user }) => (user as Member).rights.has('edit') } })
    const member = (...rights: string[]): User => ({ ...ann, rights: new Set(rights) }) as User
    await tab.signIn(member('edit'))
    expect(tab.auth.can('isEditor')).toBe(true)
    void tab.auth.refresh()
    await drain()
    tab.client.next('refresh').answer(grant(2, member()))
    await drain()
    expect(tab.auth.can('isEditor')).toBe(false)
  })
})

describe('options that make no sense', () => {
  const sessions: readonly (readonly [string, Options])[] = [
    ['refreshBefore: Infinity', { refreshBefore: Infinity }],
    ['random that is not', { random: () => Number.NaN }],
    ['random beyond one', { random: () => 10 }],
    [
      'an inspector that throws',
      {
        inspect: () => {
          throw new Error('no')
        },
      },
    ],
    [
      'tabs whose wire throws',
      {
        tabs: {
          lock: (_, work) => work(),
          open: () => {
            throw new Error('no')
          },
        },
      },
    ],
    [
      'tabs whose posts throw',
      {
        tabs: {
          lock: (_, work) => work(),
          open: () => ({
            post() {
              throw new Error('no')
            },
            close() {},
          }),
        },
      },
    ],
    ['no limits', { requestTimeout: Infinity, signOutTimeout: Infinity, storageTimeout: Infinity }],
  ]
  it.each(sessions)('%s: a session is renewed and does not end by itself', async (_, options) => {
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab(options)
      await tab.signIn()
      for (let n = 2; n < 5; n += 1) {
        tab.clock.advance(HOUR)
        await drain()
        tab.client.next('refresh').answer(grant(n))
        await drain()
      }
      expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
      expect(await tab.auth.getAccessToken()).toBe('access-4')
      void tab.auth.signOut()
      await drain()
      expect(tab.client.has('signOut')).toBe(true)
    })
    expect(uncaught).toEqual([])
  })
})

describe('a lock that cannot be had', () => {
  const withLock = async (lock: <T>(name: string, work: () => Promise<T>) => Promise<T>) => {
    const tab = openTab({ tabs: { lock, open: () => ({ post() {}, close() {} }) } })
    await tab.signIn()
    tab.clock.advance(DUE)
    await drain()
    return tab
  }

  it('a lock that is refused: the renewal is tried again later [14]', async () => {
    let isFree = false
    const tab = await withLock((_, work) => (isFree ? work() : Promise.reject(new DOMException('no', 'SecurityError'))))
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'waiting' })
    isFree = true
    tab.clock.advance(MINUTE)
    await drain()
    expect(tab.client.counts.refresh).toBe(1)
  })

  it('a lock that is never granted: requests with a good token go out, and sign-out works', async () => {
    const tab = await withLock(() => never())
    await tab.auth.fetch('https://api.test/')
    expect(tab.server.tokens()).toEqual(['access-1'])
    const out = watch(tab.auth.signOut())
    await drain()
    tab.client.next('signOut').answer()
    await drain()
    expect(out.value).toEqual({ revoked: 'yes' })
  })
})

describe('commands with nonsense', () => {
  it('commands with nonsense reject with a code, and nothing else happens', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const { auth, client } = openTab()
      const { answerChallenge, requireUser, can } = auth as unknown as Record<
        string,
        (...args: unknown[]) => Promise<unknown>
      >
      const all = [
        watch(answerChallenge!()),
        watch(answerChallenge!(null)),
        watch(requireUser!(null)),
        watch(requireUser!({ guard: 'nobody' })),
      ]
      await drain()
      expect(all.map(({ now }) => now)).toEqual([
        'no-challenge',
        'no-challenge',
        'not-authenticated',
        'not-authenticated',
      ])
      expect([can!(), can!(null), can!({}), can!(Symbol('x'))]).toEqual([false, false, false, false])
      expect(client.pending).toEqual([])
    })
    expect(uncaught).toEqual([])
  })

  it('credentials that throw when they are read go to the client as they are', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const { auth, client } = openTab()
      const first = watch(auth.signIn(hostile as never))
      const second = watch(auth.signIn(hostile as never))
      await drain()
      expect(client.counts.signIn).toBe(1)
      expect(client.next('signIn').input).toBe(hostile)
      client.next('signIn').answer(grant(1))
      await drain()
      expect([first.value, second.value]).toEqual([ann, ann])
    })
    expect(uncaught).toEqual([])
  })

  it('a session of a user whose id is missing or changes its form is not taken for another [122]', async () => {
    const tab = openTab()
    await tab.signIn({ ...ann, id: 7 } as unknown as User)
    void tab.auth.refresh()
    await drain()
    tab.client.next('refresh').answer(grant(2, { ...ann, id: '7' }))
    await drain()
    expect(tab.status()).toBe('authenticated')
  })
})

it('two auths in one page share nothing but their storage [16]', async () => {
  const browser = fakeBrowser()
  const one = openTab({}, browser)
  const other = openTab({ client: scriptedClient('https://other.test') }, browser)
  await one.boot()
  await other.boot()
  await one.signIn()
  expect(other.status()).toBe('anonymous')
  await other.signIn(bob, 7)
  expect([one.auth.getState().user, other.auth.getState().user]).toEqual([ann, bob])
  void one.auth.signOut()
  await drain()
  expect(other.status()).toBe('authenticated')
})
