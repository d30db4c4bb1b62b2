import { stripVTControlCharacters } from 'node:util'
import { createServer, type ExampleServer, type Listening } from '@authchart/example-server'
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { findChromium } from '../../../tools/chromium.ts'
import { buildApp, folderOf, startApp, testApp, type AppName, type RunningApp } from './apps.ts'
import { packPackages } from './packages.ts'
import { run } from './run.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })
const wait = { timeout: 60_000 }
let server: ExampleServer
let listening: Listening
let browser: Browser

beforeAll(async () => {
  server = createServer({ control: true, limits: false })
  listening = await server.listen(0)
  await packPackages()
  const { executablePath, args, env } = await findChromium()
  browser = await chromium.launch({
    executablePath,
    args,
    env: { ...process.env, ...env } as Record<string, string>,
  })
})

afterAll(async () => {
  await browser.close()
  await listening.close()
  server.close()
})

describe.each<AppName>(['next', 'nuxt'])('%s', (name) => {
  let app: RunningApp
  let heard: string[] = []

  beforeAll(async () => {
    await buildApp(name, listening.url)
    app = await startApp(name, listening.url)
  })
  afterAll(() => app.close())
  afterEach(() => {
    heard = []
  })

  async function openPage(path: string): Promise<Page> {
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    context.setDefaultTimeout(60_000)
    context.on('weberror', (error) => heard.push(String(error.error())))
    context.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`))
    const page = await context.newPage()
    await page.goto(app.url + path)
    return page
  }

  /** Routers write the same query in their own ways. */
  const pathOf = (page: Page): string => decodeURIComponent(page.url().slice(app.url.length))

  /** What is on the page, hidden parts included; what its scripts carry was rendered for the user who opened it. */
  function textOf(page: Page): Promise<string> {
    return page.evaluate(() => {
      const body = document.body.cloneNode(true) as HTMLElement
      for (const script of body.querySelectorAll('script')) script.remove()
      return body.textContent
    })
  }

  async function fillIn(page: Page, password: string, email = server.users.user.email): Promise<void> {
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async function openAccount(): Promise<Page> {
    const page = await openPage('/account')
    await page.waitForURL(/sign-in/)
    await fillIn(page, server.users.user.password)
    await page.getByText('A note of User').waitFor()
    return page
  }

  test(`${name}: the tests of its developer pass, and none is left out`, { timeout: 600_000 }, async () => {
    const printed = stripVTControlCharacters(await testApp(name))
    console.log(printed)
    expect(printed).toMatch(/^ *Tests +\d+ passed \(\d+\)$/m)
  })

  test(`${name}: a page from the server holds nothing of a user, and no request was made to render it [W5, G2]`, async () => {
    server.control.reset()
    const pages = await Promise.all(
      ['/', '/sign-in', '/account'].map(async (path) => {
        const answers = await Promise.all([fetch(app.url + path), fetch(app.url + path, { headers: { RSC: '1' } })])
        expect(answers.map(({ status }) => status)).toEqual([200, 200])
        return Promise.all(answers.map((answer) => answer.text()))
      }),
    )

    expect(pages.flat().filter((text) => /Hello|Sign out|demo\.test/.test(text))).toEqual([])
    expect(server.control.stats().requests).toEqual({})
  })

  test(`${name}: a protected address leads to the sign-in page and from there back to it, with query and hash [W5]`, async () => {
    const page = await openPage('/account?tab=2#notes')
    await expect.poll(() => pathOf(page), wait).toBe('/sign-in?returnTo=/account?tab=2#notes')
    const addresses: string[] = []
    page.on('framenavigated', () => addresses.push(pathOf(page)))
    await fillIn(page, server.users.user.password)

    await page.getByText('A note of User').waitFor()
    // a router says once more where it is when the page is hydrated
    expect(new Set(addresses.filter((address) => !address.startsWith('/sign-in?')))).toEqual(
      new Set(['/account?tab=2#notes']),
    )
    expect(heard).toEqual([])
  })

  test(`${name}: a wrong password is said in the form and stands in no address`, async () => {
    const page = await openPage('/sign-in')
    await fillIn(page, 'Wrong-demo-1!')

    await page.getByText('The e-mail or password is wrong.').waitFor()
    expect(pathOf(page)).toBe('/sign-in')
    expect(heard).toEqual(['error: Failed to load resource: the server responded with a status of 401 (Unauthorized)'])
  })

  test(`${name}: a user with a second factor gives a code after the password, and a wrong one may be given again`, async () => {
    const { email, password } = server.users.mfa
    const page = await openPage('/account?tab=2')
    await page.waitForURL(/sign-in/)
    await fillIn(page, password, email)
    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('The code is wrong.').waitFor()
    expect(await page.context().cookies()).toEqual([])

    await page.getByLabel('Code').fill(server.control.totp(email))
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('Hello Mfa').waitFor()
    await page.reload()
    await page.getByText('Hello Mfa').waitFor()
    expect(pathOf(page)).toBe('/account?tab=2')
    expect(heard).toEqual(['error: Failed to load resource: the server responded with a status of 401 (Unauthorized)'])
  })

  test(`${name}: a sign-in that is cancelled at the code leaves no session`, async () => {
    const { email, password } = server.users.mfa
    const page = await openPage('/sign-in')
    await fillIn(page, password, email)
    await page.getByLabel('Code').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()

    await page.getByLabel('Password').waitFor()
    expect(await page.getByRole('alert').allTextContents()).not.toContain(expect.stringMatching(/./))
    expect(await page.context().cookies()).toEqual([])
    await page.goto(`${app.url}/account`)
    await expect.poll(() => pathOf(page), wait).toBe('/sign-in?returnTo=/account')
  })

  test(`${name}: a reload stays signed in, and nothing is rendered otherwise than on the server [W5]`, async () => {
    const page = await openAccount()
    await page.reload()

    await page.getByText('Hello User').waitFor()
    expect(pathOf(page)).toBe('/account')
    expect(heard).toEqual([])
  })

  test(`${name}: the sign-in page sends a signed-in user on`, async () => {
    const page = await openAccount()
    await page.goto(`${app.url}/sign-in?returnTo=/account`)

    await page.getByText('Hello User').waitFor()
    expect(heard).toEqual([])
  })

  test(`${name}: the server knows the user by the cookie, and renders no page with a renewal`, async () => {
    const page = await openAccount()
    const { refreshes } = server.control.stats()
    const path = name === 'next' ? '/account' : '/'
    server.control.expireAccess()
    const html = await (await page.context().request.get(app.url + path)).text()

    expect(html).toContain('user@demo.test')
    expect(server.control.stats().refreshes).toBe(refreshes)
  })

  test(`${name}: a token that the server refuses is renewed once, and the page goes on`, async () => {
    const page = await openAccount()
    const { refreshes } = server.control.stats()
    server.control.expireAccess()
    await page.reload()

    await page.getByText('A note of User').waitFor()
    expect(server.control.stats()).toMatchObject({ refreshes: refreshes + 1, replays: 0 })
  })

  test(`${name}: a session that the server ended leads to the sign-in page`, async () => {
    const page = await openAccount()
    server.control.updateUser('user@demo.test', { endSessions: true })
    server.control.expireAccess()
    await page.reload()

    await expect.poll(() => pathOf(page), wait).toBe('/sign-in?returnTo=/account')
    await page.goto(`${app.url}/account`)
    await expect.poll(() => pathOf(page), wait).toBe('/sign-in?returnTo=/account')
  })

  test(`${name}: no script can read what the session is kept in`, async () => {
    const page = await openAccount()
    const cookies = await page.context().cookies()
    expect(cookies.filter(({ httpOnly, secure }) => !httpOnly || !secure)).toEqual([])
    expect(cookies.map((cookie) => cookie.name)).toContain('__Host-Http-authchart')
    const databases = await page.evaluate(async () => (await indexedDB.databases()).map(({ name: own }) => own))
    expect(databases).toEqual([])
    const words = await page.evaluate(() =>
      JSON.stringify([localStorage, sessionStorage].map((area) => Object.entries(area))),
    )
    expect(words).not.toMatch(/eyJ/)
  })

  test(`${name}: signing out leads to the sign-in page, with no way back for the next user [F2]`, async () => {
    const page = await openAccount()
    await page.getByRole('button', { name: 'Sign out' }).click()

    await expect.poll(() => pathOf(page), wait).toBe('/sign-in')
    await expect.poll(() => textOf(page), wait).not.toMatch(/Hello|demo\.test/)
    expect(heard).toEqual([])
  })

  test(`${name}: a page that was left holds no data of a user who signs out in another tab`, async () => {
    const page = await openPage('/')
    await page.getByRole('link', { name: 'Your account' }).click()
    await fillIn(page, server.users.user.password)
    await page.getByText('A note of User').waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Home' }).waitFor()
    const other = await page.context().newPage()
    await other.goto(`${app.url}/account`)
    await other.getByText('A note of User').waitFor()
    await other.waitForLoadState('networkidle')
    await other.getByRole('button', { name: 'Sign out' }).click()

    await expect.poll(() => textOf(page), wait).not.toMatch(/Hello|demo\.test/)
    await page.getByRole('link', { name: 'Your account' }).click()
    await expect.poll(() => pathOf(page), wait).toMatch(/^\/sign-in/)
    expect(heard).toEqual([])
  })
})

test('next: a server that imports the auth begins nothing', async () => {
  const script = "(await import('./app/client.ts')).makeAuth(); console.log(process.getActiveResourcesInfo().join())"
  expect(await run(`node --input-type=module -e "${script}"`, folderOf('next'))).toMatch(/^(PipeWrap,?)*\n$/)
})
