/** What the core needs of where it runs, and what it must not. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it, vi, afterEach } from 'vitest'
import { waitFor } from 'xstate'
import { ann, annsPassword, drain, DUE, fakeClock, grant, openTab, uncaughtDuring, watch } from './support.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const folder = new URL('../src/', import.meta.url)
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }))

describe('on a page that is not secure', () => {
  const { getRandomValues } = crypto
  it('where crypto has neither randomUUID nor subtle, everything works [163]', async () => {
    vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(crypto) })
    const tab = openTab()
    await tab.signIn()
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(await tab.auth.getAccessToken()).toBe('access-2')
  })

  it('where nothing random can be had, no user is signed in by something that only looks random [163]', async () => {
    const weak = vi.spyOn(Math, 'random')
    vi.stubGlobal('crypto', undefined)
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab()
      const signedIn = watch(tab.auth.signIn(annsPassword))
      await drain()
      tab.client.next('signIn').answer(grant(1))
      await drain()
      expect(signedIn.now).toMatch(/^[a-z-]+$/)
      expect(['pending', 'resolved']).not.toContain(signedIn.now)
      expect(tab.status()).toBe('anonymous')
    })
    expect(uncaught).toEqual([])
    expect(weak).not.toHaveBeenCalled()
    weak.mockRestore()
  })
})

describe('another copy of XState on the page', () => {
  it('another copy of XState on the page is not asked whether ours is one of its own: no source looks at the class of an actor [164]', () => {
    const asks = sources.filter(({ text }) => /instanceof\s+(Actor|StateMachine|StateNode|State)\b/.test(text))
    expect(asks.map(({ file }) => file)).toEqual([])
    expect(sources.length).toBeGreaterThan(40)
  })

  it('another copy of XState on the page can read our actor as its own [164]', async () => {
    // loaded once more: a second instance of every class
    const require = createRequire(import.meta.url)
    for (const path of Object.keys(require.cache)) if (/[/\\]xstate[/\\]/.test(path)) delete require.cache[path]
    const other = require('xstate') as { readonly waitFor: typeof waitFor }
    expect(other.waitFor).not.toBe(waitFor)
    const { auth, client } = openTab()
    const reached = other.waitFor(auth.actor, ({ context }) => context.session !== null)
    void auth.signIn(annsPassword)
    await drain()
    client.next('signIn').answer(grant(1))
    expect((await reached).context.session?.user).toEqual(ann)
  })
})

it('the time of day where the user is plays no part: there is no local date in the core [78]', () => {
  const local = /\.(get|set)(Full)?(Year|Month|Date|Day|Hours|Minutes|Seconds)\(|getTimezoneOffset|toLocale|new Date\(/
  expect(sources.filter(({ text }) => local.test(text)).map(({ file }) => file)).toEqual([])
})

it('a session across the change to summer time is renewed as any other [78]', async () => {
  // half an hour before the clocks of Europe go from 2 to 3
  const clock = fakeClock(Date.UTC(2026, 2, 29, 0, 30))
  const tab = openTab({ clock })
  await tab.signIn()
  clock.advance(DUE)
  await drain()
  expect(tab.client.counts.refresh).toBe(1)
  tab.client.next('refresh').answer(grant(2))
  await drain()
  clock.advance(DUE)
  await drain()
  expect(tab.client.counts.refresh).toBe(2)
})
