import { describe, expect, it } from 'vitest'
import {
  ann,
  browserWithSession,
  busy,
  createDisk,
  drain,
  fakeClock,
  grant,
  HOUR,
  MINUTE,
  openTab,
  watch,
  type Options,
} from './support.ts'

const HERE = 'https://api.test/posts'

async function signedIn(options: Options = {}) {
  const tab = openTab(options)
  await tab.signIn()
  return tab
}

describe('by who is signed in, a request', () => {
  it('a request carries the token', async () => {
    const { auth, server } = await signedIn()
    const response = await auth.fetch(HERE, { method: 'PUT', headers: { 'x-own': '1' } })
    expect(await response.text()).toBe('PUT 200')
    expect(server.arrived[0]).toMatchObject({ url: HERE, method: 'PUT', token: 'access-1', redirect: 'follow' })
    expect(server.arrived[0]?.headers.get('x-own')).toBe('1')
  })

  it('a request waits while the session is being restored', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    const asked = watch(tab.auth.fetch(HERE))
    await drain()
    expect([asked.now, tab.server.arrived.length]).toEqual(['pending', 0])
    tab.tab.releaseStorage()
    await drain()
    expect(asked.now).toBe('resolved')
    expect(tab.server.tokens()).toEqual(['access-1'])
  })

  it('a request goes out bare when no user is signed in', async () => {
    const { auth, server } = openTab()
    await auth.fetch(HERE)
    expect(server.arrived[0]).toMatchObject({ token: null, redirect: 'follow' })
  })

  it('a request goes out bare while the user signs in for the first time', async () => {
    const { auth, server } = openTab()
    void auth.signIn({ email: 'x', password: 'y' })
    await drain()
    await auth.fetch(HERE)
    expect(server.tokens()).toEqual([null])
  })

  it('a request goes out bare after a sign-out', async () => {
    const { auth, client, server } = await signedIn()
    void auth.signOut()
    await auth.fetch(HERE)
    await drain()
    client.next('signOut').answer()
    await drain()
    await auth.fetch(HERE)
    expect(server.tokens()).toEqual([null, null])
  })

  it('a request is not sent when the session is over', async () => {
    const { auth, client, server, status } = await signedIn()
    void auth.refresh().catch(() => {})
    await drain()
    client.next('refresh').fail('session-expired')
    await drain()
    expect(status()).toBe('expired')
    const asked = watch(auth.fetch(HERE))
    await drain()
    expect(asked.now).toBe('session-expired')
    expect(server.arrived).toEqual([])
  })

  it('a request is not sent when the access token ended in sleep and nothing can renew it', async () => {
    const tab = openTab({ without: ['refresh'] })
    await tab.signIn()
    tab.clock.sleep(2 * HOUR)
    const asked = watch(tab.auth.fetch(HERE))
    await drain()
    tab.client.next('getUser').fail('session-expired')
    await drain()
    expect(asked.now).toBe('session-expired')
    expect(tab.server.arrived).toEqual([])
    expect(tab.status()).toBe('expired')
  })

  it('a request uses the fetch of the page as it is at the time of the call', async () => {
    const tab = openTab({ fetch: undefined })
    await tab.signIn()
    const { fetch } = globalThis
    globalThis.fetch = tab.server.fetch
    try {
      await tab.auth.fetch(HERE)
    } finally {
      globalThis.fetch = fetch
    }
    expect(tab.server.tokens()).toEqual(['access-1'])
  })

  it('a request works detached from the auth', async () => {
    const { auth, server } = await signedIn()
    const { fetch } = auth
    await fetch(HERE)
    expect(server.tokens()).toEqual(['access-1'])
  })
})

describe('with an access token that has ended', () => {
  it('a thousand requests at once are one renewal and a thousand answers [1]', async () => {
    const { auth, client, clock, server } = await signedIn()
    clock.sleep(2 * HOUR)
    const all = Array.from({ length: 1000 }, (_, n) => watch(auth.fetch(`${HERE}/${n}`)))
    await drain()
    expect([client.counts.refresh, server.arrived.length]).toEqual([1, 0])
    client.next('refresh').answer(grant(2))
    await drain()
    await drain()
    expect(client.spent).toEqual(['refresh-1'])
    expect(all.every(({ value }) => value?.status === 200)).toBe(true)
    expect(new Set(server.tokens())).toEqual(new Set(['access-2']))
    expect(server.arrived).toHaveLength(1000)
  })

  it.each([
    ['network', 'refresh-indeterminate'],
    ['rate-limited', 'rate-limited'],
    ['session-expired', 'session-expired'],
  ] as const)(
    'a renewal that ends with %s rejects what waits for it with %s, and nothing is sent',
    async (code, rejected) => {
      const { auth, client, clock, server } = await signedIn()
      clock.sleep(2 * HOUR)
      const asked = watch(auth.fetch(HERE))
      await drain()
      client.next('refresh').fail(code)
      await drain()
      expect(asked.now).toBe(rejected)
      expect(server.arrived).toEqual([])
    },
  )

  it('a request does not hurry a renewal that is put off', async () => {
    const { auth, client, clock } = await signedIn()
    clock.sleep(2 * HOUR)
    void auth.fetch(HERE).catch(() => {})
    await drain()
    client.next('refresh').fail(busy())
    await drain()
    const asked = Array.from({ length: 10 }, () => watch(auth.fetch(HERE)))
    await drain()
    expect(new Set(asked.map(({ now }) => now))).toEqual(new Set(['unavailable']))
    expect(client.counts.refresh).toBe(1)
  })

  it("one caller's abort ends that caller's wait and nothing else [69]", async () => {
    const { auth, client, clock, server } = await signedIn()
    clock.sleep(2 * HOUR)
    const controller = new AbortController()
    const reason = new Error('I have no time')
    const gone = watch(auth.fetch(HERE, { signal: controller.signal }))
    const other = watch(auth.fetch(HERE))
    await drain()
    controller.abort(reason)
    await drain()
    expect(gone.error).toBe(reason)
    expect(client.next('refresh').signal.aborted).toBe(false)
    client.next('refresh').answer(grant(2))
    await drain()
    expect(other.now).toBe('resolved')
    expect(server.arrived).toHaveLength(1)
  })

  it('an abort by the Request ends the wait for the restore as well', async () => {
    const { auth, tab, server } = openTab({}, await browserWithSession())
    tab.holdStorage()
    const controller = new AbortController()
    const gone = watch(auth.fetch(new Request(HERE, { signal: controller.signal })))
    await drain()
    controller.abort()
    await drain()
    expect(gone.now).toContain('AbortError')
    tab.releaseStorage()
    await drain()
    expect(server.arrived).toEqual([])
  })
})

it('with a good token a request costs no event, no task, no lock and no storage', async () => {
  const disk = createDisk()
  const clock = fakeClock()
  const events: string[] = []
  let locks = 0
  const tab = openTab({
    clock,
    storage: disk.storage,
    tabs: { lock: (_, work) => (locks++, work()), open: () => ({ post() {}, close() {} }) },
    inspect: ({ type }) => void events.push(type),
  })
  await tab.signIn(ann)
  clock.advance(MINUTE)
  const before = [disk.log.length, locks, events.length, clock.pending]
  let isSent = false
  tab.server.decide = () => {
    isSent = true
    return 200
  }
  const asked = Promise.all([
    tab.auth.fetch(HERE),
    tab.auth.getAccessToken(),
    tab.auth.fetch(HERE, { body: 'x', method: 'POST' }),
  ])
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  expect(isSent).toBe(true)
  await asked
  expect([disk.log.length, locks, events.length, clock.pending]).toEqual(before)
})

it.each([
  ['an expired token', (clock: ReturnType<typeof fakeClock>) => clock.advance(2 * HOUR)],
  ['a refused token', () => {}],
])('requests that wait behind %s ask the chart once, however many they are', async (_, begin) => {
  const events: string[] = []
  const inspect: Options['inspect'] = (event) => void (event.type === '@xstate.event' && events.push(event.event.type))
  const tab = openTab({ inspect })
  await tab.signIn()
  tab.server.decide = ({ token }) => (token === 'access-2' ? 200 : 401)
  begin(tab.clock)
  const all = Array.from({ length: 20 }, () => watch(tab.auth.fetch(HERE)))
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  const late = Array.from({ length: 20 }, () => watch(tab.auth.fetch(HERE)))
  await drain()
  expect(events.filter((type) => type === 'refresh')).toEqual(['refresh'])
  tab.client.next('refresh').answer(grant(2))
  await drain()
  expect([...all, ...late].filter(({ value }) => value?.status === 200)).toHaveLength(40)
})

it('a caller that gives up waiting leaves the others their renewal', async () => {
  const tab = await signedIn()
  tab.clock.advance(2 * HOUR)
  const controller = new AbortController()
  const gone = watch(tab.auth.fetch(HERE, { signal: controller.signal }))
  const stays = watch(tab.auth.fetch(HERE))
  await drain()
  controller.abort()
  await drain()
  tab.client.next('refresh').answer(grant(2))
  await drain()
  expect([gone.now, stays.now, tab.server.tokens()]).toEqual([
    expect.stringContaining('AbortError'),
    'resolved',
    ['access-2'],
  ])
})
