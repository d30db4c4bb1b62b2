/** Who a user is, and when two answers of a server are about the same one. */
import { describe, expect, it } from 'vitest'
import { fieldsOf } from './jwt.ts'
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
  KEY,
  openTab,
  scriptedClient,
  watch,
  type Credentials,
  type Options,
  type User,
} from './support.ts'

const HERE = 'https://api.test/posts'

/** Users of other shapes than those of the tests. */
const asUser = (user: object): User => user as User

/** A tab of this user whose renewal has been sent. */
async function renewing(user: object, options: Options = {}) {
  const tab = openTab(options)
  await tab.signIn(asUser(user))
  tab.clock.advance(DUE)
  await drain()
  return tab
}

async function renewedAs(before: object, after: object, options: Options = {}) {
  const tab = await renewing(before, options)
  tab.client.next('refresh').answer(grant(2, asUser(after)))
  await drain()
  return tab
}

describe('a renewal that answers for another user', () => {
  const others: readonly (readonly [string, object, object])[] = [
    ['id', { id: 'u1' }, { id: 'u2' }],
    ['a number as id', { id: 1 }, { id: 2 }],
    ['a bigint as id', { id: 1n }, { id: 2n }],
    ['id zero', { id: 0 }, { id: 1 }],
    ['sub', { sub: 'u1' }, { sub: 'u2' }],
    ['_id', { _id: 'u1' }, { _id: 'u2' }],
    ['uid', { uid: 'u1' }, { uid: 'u2' }],
    ['userId', { userId: 'u1' }, { userId: 'u2' }],
    ['user_id', { user_id: 1 }, { user_id: 2 }],
    ['uuid', { uuid: 'u1' }, { uuid: 'u2' }],
    ['sub, beside an id that is null', { id: null, sub: 'u1' }, { id: null, sub: 'u2' }],
    ['sub, beside an id that is no number', { id: Number.NaN, sub: 'u1' }, { id: Number.NaN, sub: 'u2' }],
    ['uid, beside an id that is empty', { id: '', uid: 'u1' }, { id: '', uid: 'u2' }],
    ['uuid, beside an id that is an object', { id: {}, uuid: 'u1' }, { id: {}, uuid: 'u2' }],
    ['id here and sub there', { id: 'u1' }, { sub: 'u2' }],
    ['id first, whatever the sub', { id: 'u1', sub: 's' }, { id: 'u2', sub: 's' }],
    ['id with another case', { id: 'Ann' }, { id: 'ann' }],
    ['id with a space', { id: 'u1' }, { id: 'u1 ' }],
  ]
  it.each(others)(
    'a renewal for another user, known by %s, ends the session and is revoked [B1, J2b]',
    async (_, one, two) => {
      const tab = await renewedAs({ ...one, name: 'Ann' }, { ...two, name: 'Bob' })
      expect(tab.auth.getState()).toMatchObject({
        status: 'expired',
        reason: 'user-mismatch',
        user: null,
        lastUser: { name: 'Ann' },
      })
      expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' })
      expect(await tab.stored()).not.toHaveProperty('refreshToken')
      await tab.auth.fetch(HERE).catch(() => {})
      expect(tab.server.tokens()).toEqual([])
    },
  )

  const same: readonly (readonly [string, object, object])[] = [
    ['a number and its text', { id: 1 }, { id: '1' }],
    ['a bigint and its text', { id: 12_345_678_901_234_567_890n }, { id: '12345678901234567890' }],
    ['id here and sub there', { id: 'u1' }, { sub: 'u1' }],
    ['the same id beside another sub', { id: 'u1', sub: 's1' }, { id: 'u1', sub: 's2' }],
    ['the same sub beside an id that is gone', { id: null, sub: 'u1' }, { sub: 'u1' }],
  ]
  it.each(same)('%s are one user, whose news is shown [B5a]', async (_, one, two) => {
    const tab = await renewedAs({ ...one, name: 'Ann' }, { ...two, name: 'Ann B.' })
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: { name: 'Ann B.' }, confirmed: true })
  })

  it.each([[{ name: 'Bob' }], [{ id: null, name: 'Bob' }], [{ id: '', name: 'Bob' }], [[]], ['u2'], [7]])(
    'a renewal whose user cannot be told is asked who it is for, and shows no such user: %j [B1]',
    async (user) => {
      const tab = await renewedAs(ann, user as object)
      expect([tab.auth.getState().user, tab.client.has('getUser')]).toEqual([ann, true])
      tab.client.next('getUser').answer(ann)
      await drain()
      expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, renewal: 'idle', error: null })
      await expect(tab.auth.getAccessToken()).resolves.toBe('access-2')
      expect(tab.client.spent).toEqual(['refresh-1'])
    },
  )

  it('a renewal whose user cannot be told ends the session if getUser names another one [B1]', async () => {
    const tab = await renewedAs(ann, { name: 'Bob' })
    tab.client.next('getUser').answer(bob)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch', lastUser: ann })
    expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-2' })
  })
})

describe('a sign-in whose user cannot be told from others', () => {
  class Member {
    readonly #id = 'u1'
    get id(): string {
      return this.#id
    }
  }
  const nameless: readonly (readonly [string, () => object])[] = [
    ['has no field', () => ({ name: 'Ann', email: 'ann@example.test' })],
    ['has an id that is null', () => ({ id: null })],
    ['has an id that is undefined', () => ({ id: undefined })],
    ['has an id that is no number', () => ({ id: Number.NaN })],
    ['has an id without an end', () => ({ id: Infinity })],
    ['has a number as id that reads like its neighbour', () => ({ id: 2 ** 53 })],
    ['has an id that is empty', () => ({ id: '' })],
    ['has an id that is an object', () => ({ id: { toString: () => 'u1' } })],
    ['has an id that is a list', () => ({ id: ['u1'] })],
    ['has an id that is true', () => ({ id: true })],
    ['has an id that is a function', () => ({ id: () => 'u1' })],
    ['has an id that is a symbol', () => ({ id: Symbol('u1') })],
    ['has fields of other names', () => ({ ID: 'u1', Id: 'u1', user: { id: 'u1' } })],
    ['inherits an id', () => Object.create({ id: 'u1' }) as object],
    ['has an id by a getter of its class', () => new Member()],
    [
      'has an id that throws',
      () => ({
        get id() {
          throw new Error('no')
        },
      }),
    ],
    [
      'throws at every look',
      () =>
        new Proxy(
          {},
          {
            getOwnPropertyDescriptor() {
              throw new Error('no')
            },
          },
        ),
    ],
  ]
  it.each(nameless)('a sign-in is refused, with the cure, and revoked where the user %s [B1, J2b]', async (_, make) => {
    const tab = openTab()
    const asked = watch(tab.auth.signIn(annsPassword))
    await drain()
    tab.client.next('signIn').answer(grant(1, asUser(make())))
    await drain()
    expect([asked.now, tab.status()]).toEqual(['invalid-response', 'anonymous'])
    expect((asked.error as Error).message).toContain('userId')
    expect(tab.auth.getState().error).toBe(asked.error)
    expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
    expect(await tab.stored()).toBe(null)
  })

  it('a sign-in is refused where getUser brings such a user [B1]', async () => {
    const tab = openTab()
    const asked = watch(tab.auth.signIn(annsPassword))
    await drain()
    tab.client.next('signIn').answer(grant(1, null))
    await drain()
    tab.client.next('getUser').answer({ name: 'Ann' })
    await drain()
    expect([asked.now, tab.client.counts.signOut]).toEqual(['invalid-response', 1])
  })

  it('a refused sign-in changes nothing for the user who is signed in [B1]', async () => {
    const tab = openTab()
    await tab.signIn()
    const asked = watch(tab.auth.signIn({ email: 'x', password: 'y' }))
    await drain()
    tab.client.next('signIn').answer(grant(7, asUser({ name: 'Bob' })))
    await drain()
    expect([asked.now, tab.auth.getState().user, await tab.auth.getAccessToken()]).toEqual([
      'invalid-response',
      ann,
      'access-1',
    ])
  })
})

describe("the client's own word for who a user is", () => {
  const clientBy = (userId: (user: User) => unknown) =>
    Object.assign(scriptedClient<User, Credentials>(), { userId: userId as (user: User) => string })

  it('the word counts alone: another e-mail is another user, another id is not [J2b]', async () => {
    const byEmail = () => clientBy((user) => Reflect.get(user, 'email'))
    const other = await renewedAs({ id: 1, email: 'ann@x.test' }, { id: 1, email: 'bob@x.test' }, { client: byEmail() })
    expect(other.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch' })
    const moved = await renewedAs({ id: 1, email: 'ann@x.test' }, { id: 2, email: 'ann@x.test' }, { client: byEmail() })
    expect(moved.auth.getState()).toMatchObject({ status: 'authenticated', user: { id: 2 } })
  })

  it('the word may be a bigint, and is asked as a method of its client', async () => {
    const client = Object.assign(scriptedClient<User, Credentials>(), {
      field: 'nr',
      userId(user: User) {
        return BigInt(Reflect.get(user, (this as unknown as { field: string }).field) as number)
      },
    })
    const tab = await renewedAs({ nr: 7 }, { nr: 8 }, { client })
    expect(tab.auth.getState()).toMatchObject({ reason: 'user-mismatch' })
  })

  const silent: readonly (readonly [string, (user: User) => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['says nothing', () => {}],
    ['says null', () => null],
    ['says an empty text', () => ''],
    ['says no number', () => Number.NaN],
    ['says an object', () => ({ id: 'u1' })],
    ['says a promise', async () => 'u1'],
    ['says true', () => true],
    ['says a symbol', () => Symbol('u1')],
  ]
  it.each(silent)('a sign-in is refused where the word %s, whatever fields the user has [B1]', async (_, userId) => {
    const tab = openTab({ client: clientBy(userId) })
    const asked = watch(tab.auth.signIn(annsPassword))
    await drain()
    tab.client.next('signIn').answer(grant(1))
    await drain()
    expect([asked.now, tab.client.counts.signOut, await tab.stored()]).toEqual(['invalid-response', 1, null])
  })

  it('the word is asked about users only', async () => {
    const asked: unknown[] = []
    const client = clientBy((user) => (asked.push(user), user.id))
    const tab = await renewing(ann, { client })
    tab.client.next('refresh').answer(grant(2, null))
    await drain()
    tab.client.next('getUser').answer(null)
    await drain()
    for (const user of asked) expect(user).toEqual(ann)
  })
})

describe('auth.isSameUser', () => {
  const pairs: readonly (readonly [unknown, unknown, boolean])[] = [
    [ann, { ...ann, name: 'Ann B.' }, true],
    [ann, bob, false],
    [{ id: 1 }, { id: '1' }, true],
    [{ id: 1n }, { id: 1 }, true],
    [{ id: 'u1' }, { sub: 'u1' }, true],
    [{ id: 'u1' }, { id: 'U1' }, false],
    [{ name: 'Ann' }, { name: 'Ann' }, false],
    [null, null, false],
    [undefined, undefined, false],
    [null, ann, false],
    ['u1', 'u1', false],
    [7, 7, false],
    [[], [], false],
    [{ id: Number.NaN }, { id: Number.NaN }, false],
    [{ id: '' }, { id: '' }, false],
  ]
  it.each(pairs)('%o and %o are one user: %s', (one, other, isSame) => {
    const { isSameUser } = openTab().auth
    expect([isSameUser(one, other), isSameUser(other, one)]).toEqual([isSame, isSame])
  })

  it('a user who cannot be told is not even the same as itself', () => {
    const { isSameUser } = openTab().auth
    const nameless = { name: 'Ann' }
    expect(isSameUser(nameless, nameless)).toBe(false)
  })

  it("two users are told apart by the client's own word", () => {
    const client = Object.assign(scriptedClient<User, Credentials>(), { userId: ({ name }: User) => name })
    const { isSameUser } = openTab({ client }).auth
    expect([isSameUser(ann, { ...bob, name: 'Ann' }), isSameUser(ann, { ...ann, name: 'Bob' })]).toEqual([true, false])
  })

  it('isSameUser never throws', () => {
    const thrower = new Proxy(
      {},
      {
        get() {
          throw new Error('no')
        },
        getOwnPropertyDescriptor() {
          throw new Error('no')
        },
      },
    )
    const { isSameUser } = openTab().auth
    expect([isSameUser(thrower, ann), isSameUser(ann, thrower), isSameUser(thrower, thrower)]).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('new tokens that come without a user', () => {
  /** Signs in with the one access token and renews with the other. */
  async function renewedWith(first: string, second: string, options: Options = {}, user: object = ann) {
    const tab = openTab(options)
    await tab.signIn(asUser(user), 1, { accessToken: first })
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer({ accessToken: second, refreshToken: 'refresh-2', expiresIn: 3600 })
    await drain()
    return tab
  }
  const subject = (sub: unknown): string => fieldsOf({ sub })

  const unproven: readonly (readonly [string, string, string])[] = [
    ['an opaque one, then one of another subject', 'opaque', subject('u2')],
    ['an opaque one, then another opaque one', 'opaque-1', 'opaque-2'],
    ['a readable one, then an opaque one', subject('u1'), 'opaque'],
    ['an opaque one, then one whose subject is a number', 'opaque', subject(1)],
    ['an opaque one, then one whose subject is empty', 'opaque', subject('')],
    ['an opaque one, then one that is no JSON', 'opaque', 'h.e30x.s'],
  ]
  it.each(unproven)(
    '%s: nothing is sent before the server said whose they are [B2a, B2c]',
    async (_, first, second) => {
      const tab = await renewedWith(first, second)
      expect(tab.client.next('getUser').input).toMatchObject({ accessToken: second })
      const asked = watch(tab.auth.fetch(HERE))
      await drain()
      expect(tab.server.tokens()).toEqual([first])
      tab.client.next('getUser').answer(bob)
      await drain()
      expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch', lastUser: ann })
      expect([asked.now, tab.server.tokens()]).toEqual(['resolved', [first]])
      expect(tab.client.next('signOut').input).toMatchObject({ accessToken: second })
    },
  )

  it.each(unproven)('%s: they are used once the server named the same user [B2a, B2c]', async (_, first, second) => {
    const tab = await renewedWith(first, second)
    tab.client.next('getUser').answer(ann)
    await drain()
    await tab.auth.fetch(HERE)
    expect(tab.server.tokens()).toEqual([second])
    expect(tab.auth.getState()).toMatchObject({ user: ann, confirmed: true })
  })

  const proven: readonly (readonly [string, string, string, object])[] = [
    ['the id of the user', 'opaque', subject('u1'), ann],
    ['the id of the user, which is a number', 'opaque', subject('7'), { ...ann, id: 7 }],
    ['the subject before', subject('auth|1'), subject('auth|1'), ann],
  ]
  it.each(proven)(
    'a subject that is %s proves it, and the server need not be asked [B2a]',
    async (_, first, second, user) => {
      const tab = await renewedWith(first, second, { without: ['getUser'] }, user)
      expect(await tab.auth.getAccessToken()).toBe(second)
      expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', confirmed: true })
    },
  )

  it('a subject that is another one than before ends the session [B2a]', async () => {
    const tab = await renewedWith(subject('u1'), subject('u2'))
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch' })
    expect([tab.client.counts.getUser, tab.client.counts.signOut]).toEqual([0, 1])
  })

  it.each([
    ['a readable one, then an opaque one', subject('u1'), 'opaque'],
    ['an opaque one, then one of another subject', 'opaque', subject('u2')],
  ])(
    '%s, of a client that cannot ask, close the guards until an answer names the user [B2a, B2c]',
    async (_, first, second) => {
      const tab = openTab({ without: ['getUser'] })
      await tab.signIn(ann, 1, { accessToken: first })
      expect(tab.auth.can('isEditor')).toBe(true)
      tab.clock.advance(DUE)
      await drain()
      tab.client.next('refresh').answer({ accessToken: second, refreshToken: 'refresh-2', expiresIn: 3600 })
      await drain()
      expect(tab.auth.getState()).toMatchObject({ confirmed: false })
      expect(tab.auth.can('isEditor')).toBe(false)
      if (!tab.client.has('refresh')) tab.clock.advance(DUE)
      await drain()
      tab.client.next('refresh').answer(grant(3))
      await drain()
      expect([tab.auth.getState(), tab.auth.can('isEditor')]).toMatchObject([{ confirmed: true }, true])
    },
  )
})

describe('what another tab has renewed', () => {
  /** Two tabs of Ann's; the other one has just sent its renewal. */
  async function twoTabs(options: Options = {}) {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const here = openTab(options, browser, clock)
    await here.signIn()
    const there = openTab(options, browser, clock)
    await there.boot()
    if (!there.client.has('refresh')) void there.auth.refresh().catch(() => {})
    await drain()
    return { here, there }
  }

  it.each([[[]], [['getUser']]] as const)(
    'a role that went away in the other tab goes away here, without %j [B3]',
    async (without) => {
      const { here, there } = await twoTabs({ without })
      expect(here.auth.can('isEditor')).toBe(true)
      there.client.next('refresh').answer(grant(2, { ...ann, role: 'member' }))
      await drain()
      expect([here.auth.getState().user, there.auth.getState().user]).toMatchObject([
        { role: 'member' },
        { role: 'member' },
      ])
      expect([here.auth.can('isEditor'), there.auth.can('isEditor')]).toEqual([false, false])
      expect(await here.auth.getAccessToken()).toBe('access-2')
    },
  )

  it('the user here stays the same object where nothing has changed [B3]', async () => {
    const { here, there } = await twoTabs({ without: ['getUser'] })
    const { user } = here.auth.getState()
    there.client.next('refresh').answer(grant(2, { ...ann }))
    await drain()
    expect(here.auth.getState().user).toBe(user)
    expect(here.auth.can('isEditor')).toBe(true)
  })

  it.each([
    ['of another user', bob],
    ['of a user who cannot be told', { name: 'Bob' }],
  ])('a record %s is not shown, and its token is not sent [B3]', async (_, user) => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    disk.records.set(KEY, { ...disk.record, revision: 'r2', generation: 2, accessToken: 'access-2', user })
    tab.network.wake()
    await drain()
    expect(tab.auth.getState()).not.toMatchObject({ user: { name: 'Bob' } })
    await tab.auth.fetch(HERE).catch(() => {})
    expect(tab.server.tokens()).not.toContain('access-2')
    expect(tab.auth.can('owns', 'u2')).toBe(false)
  })
})

describe('a stored session', () => {
  it.each([
    ['sub', { sub: 'u1' }, { sub: 'u2' }],
    ['_id', { _id: 'u1' }, { _id: 'u2' }],
    ['user_id', { user_id: 1 }, { user_id: 2 }],
    ['id, and sub there', { id: 'u1' }, { sub: 'u2' }],
  ])(
    'a stored session whose user is known by %s ends where the server names another one [B4]',
    async (_, one, other) => {
      const browser = await browserWithSession(asUser({ ...one, name: 'Ann', role: 'editor' }))
      const tab = openTab({}, browser)
      await tab.boot()
      expect([tab.auth.getState().user, tab.auth.can('isEditor')]).toMatchObject([{ name: 'Ann' }, false])
      tab.client.next('getUser').answer({ ...other, name: 'Bob', role: 'editor' })
      await drain()
      expect(tab.auth.getState()).toMatchObject({
        status: 'expired',
        reason: 'user-mismatch',
        lastUser: { name: 'Ann' },
      })
      expect(tab.auth.can('isEditor')).toBe(false)
    },
  )

  it('a stored session is confirmed where the server names the same user by another field [B4]', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    tab.client.next('getUser').answer({ sub: 'u1', role: 'editor' })
    await drain()
    expect(tab.auth.getState()).toMatchObject({ user: { sub: 'u1' }, confirmed: true })
  })

  it.each([
    [{ name: 'Ann', email: 'ann@x.test', role: 'editor' }],
    [{ id: null, name: 'Ann', role: 'editor' }],
    [{ id: '', name: 'Ann', role: 'editor' }],
    [[]],
    ['u1'],
    [null],
  ])('a stored session of a user who cannot be told is none, and its token is not sent: %j [B6]', async (user) => {
    const disk = createDisk()
    const clock = fakeClock()
    await openTab({ storage: disk.storage, clock }).signIn()
    disk.records.set(KEY, { ...disk.record, user })
    const tab = openTab({ storage: disk.storage, clock })
    await tab.boot()
    await tab.auth.fetch(HERE)
    expect([tab.status(), tab.server.tokens(), tab.auth.can('isEditor')]).toEqual(['anonymous', [null], false])
    expect([tab.client.counts.getUser, tab.client.spent]).toEqual([0, []])
    await tab.signIn(bob, 7)
    expect([tab.auth.getState().persistence, disk.record]).toMatchObject(['stored', { refreshToken: 'refresh-7' }])
  })
})
