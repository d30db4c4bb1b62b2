/** Both example apps in Firefox, as their users walk through them. */
import { join } from 'node:path'
import { createServer, type ExampleServer, type Listening, type SeedUser } from '@authchart/example-server'
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { serveApp, type Site } from '../apps/site.ts'
import { launch } from './browsers.ts'

const WAIT = { timeout: 60_000 }
const EDIT = '/posts/post_1/edit'
const firefoxes = inject('browsers').filter(({ name }) => name === 'firefox')
const apps = firefoxes.flatMap((found) => (['react', 'vue'] as const).map((name) => ({ ...found, app: name })))

describe.each(apps)('the $app app in $version', (found) => {
  let browser: Browser
  let server: ExampleServer
  let listening: Listening
  let site: Site

  beforeAll(async () => {
    server = createServer({ control: true, limits: false })
    listening = await server.listen(0)
    ;[browser, site] = await Promise.all([launch(found), serveApp(join(inject('apps'), found.app), listening.url)])
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all([site?.close(), listening?.close()])
    server?.close()
  })

  /** Opens the app in a profile of its own, and looks at the end for what no page should have said. */
  async function inApp(act: (open: (path: string) => Promise<Page>) => Promise<void>): Promise<void> {
    server.control.reset()
    const context = await browser.createBrowserContext()
    const heard: string[] = []
    try {
      await act(async (path) => {
        const page = await context.newPage()
        page.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`))
        page.on('pageerror', (error) => heard.push(`pageerror: ${String(error)}`))
        await page.goto(new URL(path, site.url).href)
        return page
      })
      expect(heard.filter((line) => /^(page)?error/.test(line) || line.includes('eyJ'))).toEqual([])
      expect(server.control.stats().replays).toBe(0)
    } finally {
      await context.close()
    }
  }

  test('a newcomer signs up and is known by name', () =>
    inApp(async (open) => {
      const page = await open('/')
      await click(page, 'mode-sign-up')
      await fill(page, 'name', 'Nina')
      await fill(page, 'email', 'nina@demo.test')
      await fill(page, 'password', 'Nina-demo-1!')
      await click(page, 'submit')
      await shows(page, 'profile', '/')
      await hasText(page, 'user-name', 'Nina')
    }))

  test('a deep link to an edit page leads there after the sign-in, and again after a reload', () =>
    inApp(async (open) => {
      const page = await open(EDIT)
      await signIn(page, server.users.user)
      await shows(page, 'post-form', EDIT)
      await page.reload()
      await shows(page, 'post-form', EDIT)
      await hasText(page, 'user-name', 'User')
    }))

  test('a second tab follows a sign-out', () =>
    inApp(async (open) => {
      const page = await open('/')
      await signIn(page, server.users.user)
      await shows(page, 'profile', '/')
      const other = await open(EDIT)
      await shows(other, 'post-form', EDIT)
      await click(page, 'sign-out')
      await isGone(page)
      await isGone(other)
      await expect.poll(() => server.control.stats().sessions, WAIT).toBe(0)
      for (const tab of [page, other]) {
        await tab.reload()
        await isGone(tab)
      }
    }))

  test('the next user does not land on the page of the one before', () =>
    inApp(async (open) => {
      const page = await open(EDIT)
      await signIn(page, server.users.user)
      await shows(page, 'post-form', EDIT)
      await click(page, 'sign-out')
      await isGone(page)
      await signIn(page, server.users.admin)
      await shows(page, 'profile', '/')
      await hasText(page, 'user-name', 'Admin')
    }))

  test('the next user does not land on the page of the one before if the sign-out was in another tab', () =>
    inApp(async (open) => {
      const page = await open(EDIT)
      await signIn(page, server.users.user)
      await shows(page, 'post-form', EDIT)
      const other = await open('/')
      await shows(other, 'profile', '/')
      await click(other, 'sign-out')
      await isGone(page)
      await signIn(page, server.users.admin)
      await shows(page, 'profile', '/')
      await hasText(page, 'user-name', 'Admin')
    }))
})

const byId = (id: string): string => `[data-testid="${id}"]`

async function click(page: Page, id: string): Promise<void> {
  // only the tab in front is painted, and a locator waits for a paint
  await page.bringToFront()
  await page.locator(byId(id)).setTimeout(WAIT.timeout).click()
}

async function fill(page: Page, id: string, text: string): Promise<void> {
  await page.bringToFront()
  await page.locator(byId(id)).setTimeout(WAIT.timeout).fill(text)
}

async function signIn(page: Page, { email, password }: SeedUser): Promise<void> {
  await fill(page, 'email', email)
  await fill(page, 'password', password)
  await click(page, 'submit')
}

async function shows(page: Page, id: string, path: string): Promise<void> {
  const look = async () => ({ shown: (await page.$(byId(id))) !== null, path: new URL(page.url()).pathname })
  await expect.poll(look, { ...WAIT, message: id }).toEqual({ shown: true, path })
}

async function hasText(page: Page, id: string, text: string): Promise<void> {
  const read = () => page.$eval(byId(id), (element) => element.textContent?.trim())
  await expect.poll(() => read().catch(() => null), { ...WAIT, message: id }).toBe(text)
}

/** The sign-in page, and no user on it. */
async function isGone(page: Page): Promise<void> {
  await shows(page, 'sign-in-form', '/sign-in')
  expect(await page.$(byId('user-name'))).toBeNull()
}
