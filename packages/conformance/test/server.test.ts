/** The real client against the real server, in one process: real hashing, real tokens, real rotation. */
import { createAuth, hasRole, type Auth } from '@authchart/core'
import { bkend, bkendAccount, type BkendCredentials, type BkendUser } from '@authchart/core/bkend'
import { drain, fakeBrowser, fakeClock, fakeNetwork, type FakeTab } from '@authchart/core/testing'
import { createServer } from '@authchart/example-server'
import { describe, expect, test } from 'vitest'
import { findCanary } from '../src/secrets.ts'

const url = 'http://localhost:8787'
const guards = { isAdmin: hasRole('admin') }

function setUp(dialect: 'current' | 'early' = 'current') {
  const clock = fakeClock()
  const server = createServer({ control: true, now: clock.now, limits: false })
  const browser = fakeBrowser()
  const network = fakeNetwork()
  const open = (tab: FakeTab = browser.openTab()): Auth<BkendUser, BkendCredentials, typeof guards> =>
    createAuth({
      client: bkend(
        dialect === 'current'
          ? { url, publishableKey: 'pk_demo', fetch: server.fetch }
          : { url: `${url}/early/v1`, publishableKey: 'demo', dialect, fetch: server.fetch },
      ),
      storage: tab.storage,
      tabs: tab.tabs,
      network,
      clock,
      random: () => 0.5,
      guards,
      fetch: server.fetch,
      onWarning: () => {},
    })
  return { clock, server, browser, network, open }
}
type SetUp = ReturnType<typeof setUp>

const { users } = createServer({})
const userOf = ({ email, password }: { email: string; password: string }) => ({ email, password })
const data = `${url}/v1/data`
const ownHeaders = { 'x-api-key': 'pk_demo' }

/** The access token's life is an hour: by then it is over. */
const untilExpired = ({ clock }: SetUp): void => clock.sleep(3_600_000)

describe.each(['current', 'early'] as const)('the %s dialect', (dialect) => {
  test('a user signs up, signs in, renews and signs out', async () => {
    const { server, open } = setUp(dialect)
    const auth = open()
    const details = { email: 'new@demo.test', password: 'New-demo-1!', name: 'Nina' }
    expect(await auth.signUp(details)).toMatchObject({ email: 'new@demo.test', name: 'Nina' })
    await auth.refresh()
    await auth.refresh()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: { name: 'Nina' } })
    expect(await auth.signOut()).toEqual({ revoked: 'yes' })
    await expect(auth.signIn({ ...details, password: 'Wrong-demo-1!' })).rejects.toMatchObject({
      code: 'invalid-credentials',
    })
    expect(await auth.signIn(details)).toMatchObject({ name: 'Nina' })
    expect(server.control.stats()).toMatchObject({ replays: 0, refreshes: 2, sessions: 1 })
  })
})

test('a reload finds the session, and asks the server before a guard opens [82, 91]', async () => {
  const { open } = setUp()
  await open().signIn(userOf(users.admin))
  const reloaded = open()
  const seen: [string, boolean][] = []
  reloaded.subscribe((state) => seen.push([state.status, reloaded.can('isAdmin')]))
  expect(await reloaded.requireUser({ guard: 'isAdmin' })).toMatchObject({ role: 'admin' })
  expect(seen).toEqual([
    ['authenticated', false],
    ['authenticated', true],
  ])
})

test('a second factor: a wrong code stays, the right one signs in [113]', async () => {
  const { server, open } = setUp()
  const auth = open()
  await expect(auth.signIn(userOf(users.mfa))).rejects.toMatchObject({ code: 'challenge-required' })
  expect(auth.getState()).toMatchObject({ status: 'challenged', challenge: { kind: 'totp', verifying: false } })
  await expect(auth.answerChallenge({ code: '000000' })).rejects.toMatchObject({ code: 'invalid-code' })
  expect(auth.getState().status).toBe('challenged')
  expect(await auth.answerChallenge({ code: server.control.totp(users.mfa.email) })).toMatchObject({
    email: users.mfa.email,
  })
})

test('1,000 concurrent requests on an expired token: one renewal, 1,000 answers [1, 81]', async () => {
  const world = setUp()
  const auth = world.open()
  await auth.signIn(userOf(users.user))
  untilExpired(world)
  const answers = await Promise.all(
    Array.from({ length: 1000 }, () =>
      auth.fetch(`${data}/notes`, { headers: ownHeaders }).then(({ status }) => status),
    ),
  )
  expect(answers.filter((status) => status === 200)).toHaveLength(1000)
  expect(world.server.control.stats()).toMatchObject({ refreshes: 1, replays: 0 })
})

test('1,000 concurrent requests on a token that the server no longer takes: one renewal, 1,000 answers [1]', async () => {
  const { server, open } = setUp()
  const auth = open()
  await auth.signIn(userOf(users.user))
  server.control.expireAccess()
  const answers = await Promise.all(
    Array.from({ length: 1000 }, () =>
      auth.fetch(`${data}/notes`, { headers: ownHeaders }).then(({ status }) => status),
    ),
  )
  expect(answers.filter((status) => status === 200)).toHaveLength(1000)
  expect(server.control.stats()).toMatchObject({ refreshes: 1, replays: 0 })
})

test('ten tabs on an expired token: one renewal, and each goes on [2]', async () => {
  const world = setUp()
  await world.open().signIn(userOf(users.user))
  const tabs = Array.from({ length: 10 }, () => world.open())
  for (const tab of tabs) await tab.requireUser()
  untilExpired(world)
  world.network.wake()
  const answers = await Promise.all(tabs.map((tab) => tab.fetch(`${data}/notes`, { headers: ownHeaders })))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
  expect(world.server.control.stats()).toMatchObject({ refreshes: 1, replays: 0 })
})

test('ten tabs that never hear of each other: one renewal, for the record is read again under the lock [2, 3]', async () => {
  const world = setUp()
  const deaf = (): FakeTab => {
    const tab = world.browser.openTab()
    return { ...tab, tabs: { ...tab.tabs, open: () => ({ post() {}, close() {} }) } }
  }
  await world.open().signIn(userOf(users.user))
  const tabs = Array.from({ length: 10 }, () => world.open(deaf()))
  for (const tab of tabs) await tab.requireUser()
  await Promise.all(tabs.map((tab) => tab.refresh()))
  expect(world.server.control.stats()).toMatchObject({ refreshes: 1, replays: 0, sessions: 1 })
})

test('an answer that is lost after the server took the token: never sent again, signed in until the token ends [18]', async () => {
  const world = setUp()
  const { server, clock, open } = world
  const auth = open()
  await auth.signIn(userOf(users.user))
  server.control.addFault({ kind: 'drop-next', path: '*/auth/refresh' })
  await expect(auth.refresh()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
  expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
  await expect(auth.refresh()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
  expect((await auth.fetch(`${data}/notes`, { headers: ownHeaders })).status).toBe(200)
  // neither does a tab that opens later
  const other = open()
  await other.requireUser()
  await expect(other.refresh()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
  clock.advance(3_600_000)
  await drain()
  expect(auth.getState()).toMatchObject({
    status: 'expired',
    reason: 'refresh-indeterminate',
    lastUser: { id: users.user.id },
  })
  expect(server.control.stats()).toMatchObject({ refreshes: 1, replays: 0, sessions: 1 })
})

test('an answer that one tab lost is not gambled on by another that was open all the while [18]', async () => {
  const { server, open } = setUp()
  const auth = open()
  await auth.signIn(userOf(users.user))
  const other = open()
  await other.requireUser()
  server.control.addFault({ kind: 'drop-next', path: '*/auth/refresh' })
  await expect(auth.refresh()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
  await expect(other.refresh()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
  expect(other.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
  expect(server.control.stats()).toMatchObject({ refreshes: 1, replays: 0, sessions: 1 })
})

test.each([
  [503, 'unavailable'],
  [429, 'rate-limited'],
] as const)('a %i leaves the token unspent: it waits, and goes on [57, 58]', async (status, code) => {
  const { server, clock, open } = setUp()
  const auth = open()
  await auth.signIn(userOf(users.user))
  server.control.addFault({ kind: 'status', status, retryAfter: 30, path: '*/auth/refresh' })
  await expect(auth.refresh()).rejects.toMatchObject({ code, retryAfter: 30 })
  expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'waiting', error: { code } })
  clock.advance(29_000)
  await drain()
  expect(server.control.stats().requests['POST /v1/auth/refresh']).toBe(1)
  clock.advance(1000)
  await expect.poll(() => auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
  expect(server.control.stats()).toMatchObject({ refreshes: 1, replays: 0 })
})

test('a changed password ends the session in every tab, without a renewal [115]', async () => {
  const { server, open } = setUp()
  const auth = open()
  await auth.signIn(userOf(users.user))
  const other = open()
  await other.requireUser()
  await bkendAccount(auth).password.change({ currentPassword: users.user.password, newPassword: 'Other-demo-1!' })
  expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'credentials-changed' })
  await expect.poll(() => other.getState()).toMatchObject({ status: 'expired', reason: 'credentials-changed' })
  expect(server.control.stats()).toMatchObject({ refreshes: 0, sessions: 0 })
})

test('a wrong current password is no reason to renew [61]', async () => {
  const { server, open } = setUp()
  const auth = open()
  await auth.signIn(userOf(users.user))
  const change = bkendAccount(auth).password.change({ currentPassword: 'Wrong-demo-1!', newPassword: 'Other-demo-1!' })
  await expect(change).rejects.toMatchObject({ code: 'invalid-credentials' })
  expect(auth.getState().status).toBe('authenticated')
  expect(server.control.stats()).toMatchObject({ refreshes: 0, sessions: 1 })
})

test('sessions: lists them, ends another one, and ends its own as what it is [117]', async () => {
  const { open, browser } = setUp()
  const auth = open()
  await auth.signIn(userOf(users.user))
  const account = bkendAccount(auth)
  const [own] = (await account.sessions.list()).items
  expect(own).toMatchObject({ id: expect.any(String) as string })
  await account.sessions.end(own?.id ?? '')
  expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'credentials-changed' })
  expect(findCanary(await browser.read(browser.keys()[0] ?? ''))).toBeNull()
})

test('another organisation: new tokens, the same session, nothing spent twice [118]', async () => {
  const { server, open } = setUp()
  const auth = open()
  await auth.signIn(userOf(users.user))
  await bkendAccount(auth).organization.switch('org_second')
  expect(auth.getState().status).toBe('authenticated')
  await auth.refresh()
  expect((await auth.fetch(`${data}/notes`, { headers: ownHeaders })).status).toBe(200)
  expect(server.control.stats()).toMatchObject({ replays: 0, sessions: 1 })
})

test('a magic link signs in once', async () => {
  const { server, open } = setUp()
  const auth = open()
  await bkendAccount(auth).magicLink.send({ email: users.user.email, callbackUrl: 'http://localhost:5173/' })
  const mail = JSON.stringify(server.control.outbox())
  const token = /[?&]token=([\w-]+)/.exec(mail)?.[1] ?? ''
  expect(await auth.signIn({ token })).toMatchObject({ email: users.user.email })
  await auth.signOut()
  await expect(auth.signIn({ token })).rejects.toMatchObject({ code: 'link-expired' })
})

test('a social login: the code of the provider', async () => {
  const { server, open } = setUp()
  const auth = open()
  const { code } = await server.control.issueSocialCode({ provider: 'google', email: 'sam@demo.test', name: 'Sam' })
  expect(await auth.signIn({ provider: 'google', code })).toMatchObject({ email: 'sam@demo.test' })
  await auth.signOut()
  await expect(auth.signIn({ provider: 'google', code })).rejects.toMatchObject({ code: 'link-expired' })
})

test('a role that is taken away closes the guard with the next renewal [36, 119, 121]', async () => {
  const { server, open } = setUp()
  const auth = open()
  await auth.signIn(userOf(users.admin))
  expect(auth.can('isAdmin')).toBe(true)
  server.control.updateUser(users.admin.email, { role: 'user' })
  expect((await auth.fetch(`${data}/admin/report`, { headers: ownHeaders })).status).toBe(403)
  await auth.refresh()
  await expect.poll(() => auth.can('isAdmin')).toBe(false)
})

test('a session that was ended elsewhere is found out by the next request [117]', async () => {
  const { server, open } = setUp()
  const auth = open()
  await auth.signIn(userOf(users.user))
  server.control.updateUser(users.user.email, { endSessions: true })
  expect((await auth.fetch(`${data}/notes`, { headers: ownHeaders })).status).toBe(401)
  expect(auth.getState()).toMatchObject({
    status: 'expired',
    reason: 'session-expired',
    lastUser: { id: users.user.id },
  })
})
