/** `auth.fetch` over a real network: redirects to another origin, addresses under a base, bodies in a Request. */
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launch } from './browsers.ts'
import type { BodyKind } from './page/requests-types.ts'
import { startServers, type Arrival, type Servers } from './servers.ts'

const REDIRECTS = [301, 302, 303, 307, 308]
const LARGE = 'A'.repeat(2_000_000)
const bodies: readonly (readonly [kind: BodyKind, type: RegExp | null, arrives: RegExp | string])[] = [
  ['text', /^text\/plain/, '{"title":"one"}'],
  ['blob', /^text\/plain/, 'of a blob'],
  [
    'form',
    /^multipart\/form-data; boundary=/,
    /name="title"\r\n\r\nof a form\r\n.*name="file".*\r\n\r\nin a file\r\n/s,
  ],
  ['large text', /^text\/plain/, LARGE],
  ['large blob', null, LARGE],
]

describe.each(inject('browsers'))('in $version', (found) => {
  let browser: Browser
  let servers: Servers

  beforeAll(async () => {
    ;[browser, servers] = await Promise.all([launch(found), startServers()])
  })
  afterAll(async () => {
    await browser?.close()
    await servers?.close()
  })

  /** Signs in in a profile of its own. Arrivals and renewals count from here. */
  async function inPage(path: string, act: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.createBrowserContext()
    try {
      const page = await context.newPage()
      await page.goto(servers.own + path)
      await page.evaluate(() => requests.signIn())
      servers.arrived.length = 0
      servers.arrivedAtOther.length = 0
      await act(page)
    } finally {
      await context.close()
    }
  }

  const redirect = (status: number, to: string): string =>
    `${servers.own}/redirect?${new URLSearchParams({ status: `${status}`, to })}`
  /** The token that the server takes now. */
  const isOurs = ({ authorization }: Arrival): boolean => /^Bearer access-\d+$/.test(authorization ?? '')

  test('another origin that is asked with a token by hand sees it: the control', () =>
    inPage('/', async (page) => {
      await page.evaluate((url) => requests.get(url, 'platform with a token'), `${servers.other}/direct`)
      expect(servers.arrivedAtOther.map(({ authorization }) => authorization)).toEqual(['Bearer by-hand'])
    }))

  test.each(REDIRECTS)('a %i to another origin brings it no token, and its 401 renews nothing [C9]', (status) =>
    inPage('/', async (page) => {
      const before = servers.renewals()
      const address = redirect(status, `${servers.other}/refused`)
      const answer = await page.evaluate((url) => requests.get(url, 'auth'), address)
      expect(answer).toEqual({ status: 401, url: `${servers.other}/refused` })
      expect(servers.arrived.map(isOurs)).toEqual([true])
      expect(servers.arrivedAtOther.map(({ authorization }) => authorization)).toEqual([null])
      // as the platform itself does it
      const control = await page.evaluate((url) => requests.get(url, 'platform with a token'), address)
      expect(control).toEqual(answer)
      expect(servers.arrivedAtOther.map(({ authorization }) => authorization)).toEqual([null, null])
      expect(servers.renewals()).toBe(before)
    }),
  )

  test.each([307, 308])('a POST that is sent on by a %i arrives there once, without the token [C9]', (status) =>
    inPage('/', async (page) => {
      const before = servers.renewals()
      const address = redirect(status, `${servers.other}/refused`)
      const answer = await page.evaluate((url) => requests.post(url, 'auth', 'text'), address)
      expect(answer).toEqual({ status: 401, url: `${servers.other}/refused` })
      expect(servers.arrivedAtOther).toMatchObject([{ method: 'POST', authorization: null, body: '{"title":"one"}' }])
      expect(servers.renewals()).toBe(before)
    }),
  )

  test.each(REDIRECTS)('a %i within the server is followed with the token [C9]', (status) =>
    inPage('/', async (page) => {
      const answer = await page.evaluate((url) => requests.get(url, 'auth'), redirect(status, '/posts'))
      expect(answer).toEqual({ status: 200, url: `${servers.own}/posts` })
      expect(servers.arrived.map(isOurs)).toEqual([true, true])
    }),
  )

  test('an address under a base is read as fetch reads it [C9]', () =>
    inPage('/based?base=/api/', async (page) => {
      await page.evaluate(() => requests.get('posts', 'platform'))
      await page.evaluate(() => requests.get('posts', 'auth'))
      expect(servers.arrived.map(({ path }) => path)).toEqual(['/api/posts', '/api/posts'])
      expect(servers.arrived.map(isOurs)).toEqual([false, true])
    }))

  test('an address under a base on another origin gets no token [C9]', () =>
    inPage(`/based?base=${encodeURIComponent(`${servers.other}/api/`)}`, async (page) => {
      expect(await page.evaluate(() => requests.get('posts', 'auth'))).toEqual({
        status: 401,
        url: `${servers.other}/api/posts`,
      })
      expect(servers.arrivedAtOther).toMatchObject([{ path: '/api/posts', authorization: null }])
    }))

  test.each(bodies)('a Request with a body (%s) is sent again whole after a 401 [V1, V2]', (kind, type, body) =>
    inPage('/', async (page) => {
      const before = servers.renewals()
      servers.refuseToken()
      const answer = await page.evaluate((name) => requests.post('/posts', 'auth', name), kind)
      expect(answer).toEqual({ status: 200, url: `${servers.own}/posts` })
      expect(servers.renewals()).toBe(before + 1)
      const { arrived } = servers
      expect(arrived.map(({ method }) => method)).toEqual(['POST', 'POST'])
      expect(arrived.every(isOurs)).toBe(true)
      expect(arrived[1]?.authorization).not.toBe(arrived[0]?.authorization)
      for (const arrival of arrived) expectWhole(arrival, type, body)
      // the boundary of a form, too
      expect(arrived[1]?.type).toBe(arrived[0]?.type)
    }),
  )

  test.each(bodies)(
    'a Request with a body (%s) arrives whole with a good token, as with fetch [V2]',
    (kind, type, body) =>
      inPage('/', async (page) => {
        await page.evaluate((name) => requests.post('/posts', 'platform', name), kind)
        const answer = await page.evaluate((name) => requests.post('/posts', 'auth', name), kind)
        expect(answer).toEqual({ status: 200, url: `${servers.own}/posts` })
        expect(servers.arrived.map(isOurs)).toEqual([false, true])
        for (const arrival of servers.arrived) expectWhole(arrival, type, body)
      }),
  )
})

function expectWhole(arrival: Arrival, type: RegExp | null, body: RegExp | string): void {
  if (type) expect(arrival.type).toMatch(type)
  else expect(arrival.type).toBeNull()
  // not in one comparison: two million letters are no message
  if (typeof body !== 'string') return expect(arrival.body).toMatch(body)
  expect(arrival.body.length).toBe(body.length)
  expect(arrival.body === body).toBe(true)
}
