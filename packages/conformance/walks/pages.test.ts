/** What each page of both apps owes to its users: a name, one heading, a place for the focus, and room at every width. */
import axe from 'axe-core'
import type { Locator, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectPlace, expectText, listen, setTheStage, type AppName, type Stage } from '../apps/stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await setTheStage()
})
afterAll(() => stage?.close())

type SeedName = 'admin' | 'user' | 'guest' | 'mfa'
type Open = (path: string) => Promise<unknown>

const DESK = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }
/** As wide as a desk at 400 %. */
const NARROW = { width: 320, height: 568 }

/** Opens an app in a browser profile of its own. */
async function inApp(
  name: AppName,
  viewport: typeof DESK,
  act: (page: Page, open: Open) => Promise<void>,
): Promise<void> {
  stage.server.control.reset()
  const context = await stage.browser.newContext({ viewport, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const heard = listen(page)
  const open: Open = (path) => page.goto(new URL(path, stage.urls[name]).href)
  await open('/')
  await act(page, open)
  expect(heard.filter((line) => line.startsWith('pageerror'))).toEqual([])
  await context.close()
}

const click = (page: Page, id: string) => page.getByTestId(id).click()

async function fillIn(page: Page, name: SeedName): Promise<void> {
  const { email, password } = stage.server.users[name]
  await page.getByTestId('email').fill(email)
  await page.getByTestId('password').fill(password)
}

async function signIn(page: Page, name: SeedName): Promise<void> {
  await fillIn(page, name)
  await click(page, 'submit')
}

/** A way from page to page, with the heading of each. */
const pages: readonly (readonly [heading: string, come: (page: Page, open: Open) => Promise<unknown>])[] = [
  ['Sign in, and watch the chart', (_page, open) => open('/')],
  ['Create an account', (page) => click(page, 'mode-sign-up')],
  [
    'One more step',
    async (page) => {
      await click(page, 'mode-sign-in')
      await signIn(page, 'mfa')
    },
  ],
  [
    'Posts',
    async (page) => {
      await click(page, 'cancel')
      await signIn(page, 'user')
    },
  ],
  ['A session is a promise', (page) => click(page, 'open-post_1')],
  ['Edit “A session is a promise”', (page) => click(page, 'edit-post_1')],
  ['This page is for admins', (page) => click(page, 'nav-admin')],
  ['Only its author, editors and admins edit this post', (_page, open) => open('/posts/post_3/edit')],
  ['This post cannot be shown', (_page, open) => open('/posts/none')],
  ['This page does not exist', (_page, open) => open('/none')],
  [
    'You are signed out',
    async (page, open) => {
      await open('/')
      await click(page, 'sign-out')
    },
  ],
  [
    'Admin',
    async (page) => {
      await signIn(page, 'admin')
      await click(page, 'nav-admin')
    },
  ],
  ['Your session expired. Sign in again as Admin', (page) => click(page, 'fault-end')],
]

const looks = [
  ['light', { resultTypes: ['violations'] }],
  // the night changes colours and nothing else
  ['dark', { resultTypes: ['violations'], runOnly: ['color-contrast'] }],
] as const

/** What axe objects to, with the element. */
async function objections(page: Page): Promise<readonly string[]> {
  const found: string[] = []
  for (const [colorScheme, options] of looks) {
    await page.emulateMedia({ colorScheme })
    found.push(
      ...(await page.evaluate<string[]>(`axe.run(${JSON.stringify(options)}).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target)))`)),
    )
  }
  return found
}

/** What is lower or narrower than a finger can hit. */
function smallTargets(page: Page): Promise<readonly string[]> {
  return page.locator('a, button, input, textarea').evaluateAll((targets) =>
    targets
      .filter((target) => {
        const { width, height } = target.getBoundingClientRect()
        return width > 0 && Math.min(width, height) < 24
      })
      .map((target) => target.outerHTML),
  )
}

/** Waits until that element has the focus, by name and text. */
async function expectFocus(page: Page, focused: string): Promise<void> {
  const look = () => page.evaluate(() => `${document.activeElement?.localName} ${document.activeElement?.textContent}`)
  await expect.poll(async () => (await look()).trim()).toBe(focused)
}

const focusedTag = (page: Page) => page.evaluate(() => document.activeElement?.localName)

/** Whether all of it shows between the header and the bar of the chart. */
function isClear(element: Locator): Promise<boolean> {
  return element.evaluate((one) => {
    const { top, bottom } = one.getBoundingClientRect()
    const header = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0
    const bar = document.querySelector('.panel')?.getBoundingClientRect().top ?? 0
    return top >= header && bottom <= bar
  })
}

/** What tells an element from its neighbour in forced colours, which leave no background but their own. */
function marksOf(element: Locator) {
  return element.evaluate((one) => {
    const { color, borderColor, borderWidth, outlineStyle } = getComputedStyle(one)
    return { color, borderColor, borderWidth, outlineStyle }
  })
}

describe.each([
  ['react', 'Authchart with React'],
  ['vue', 'Authchart with Vue'],
] as const)('the %s app', (name, app) => {
  test('each page has a title of its own and one heading, first of all, and axe objects to none, by day or by night [H1, H8]', () =>
    inApp(name, DESK, async (page, open) => {
      await page.addInitScript({ content: axe.source })
      for (const [heading, come] of pages) {
        await come(page, open)
        await expect.poll(() => page.title()).toBe(`${heading} · ${app}`)
        await expect.poll(() => page.locator('.placeholder, .spinner').count()).toBe(0)
        expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual([heading])
        expect(await page.getByRole('heading').first().textContent()).toBe(heading)
        expect(await smallTargets(page), heading).toEqual([])
        expect(await objections(page), heading).toEqual([])
      }
    }))

  test('a post that is opened by keyboard has the focus on its heading, however late it comes, unless the user goes on meanwhile [H2]', () =>
    inApp(name, DESK, async (page) => {
      const { addFault, removeFault } = stage.server.control
      // StrictMode asks for a post twice and gives the first up, which may have come to the server by then
      const hold = (path: string) => addFault({ kind: 'hold', path, times: 'always' })
      await signIn(page, 'user')
      const first = hold('*/data/posts/post_1')
      await page.getByTestId('open-post_1').press('Enter')
      await expectFocus(page, 'h1 Loading the post')
      await expect.poll(() => page.title()).toBe(`Loading the post · ${app}`)
      removeFault(first)
      await expectFocus(page, 'h1 A session is a promise')
      await page.goBack()
      const second = hold('*/data/posts/post_2')
      await page.getByTestId('open-post_2').press('Enter')
      await expectFocus(page, 'h1 Loading the post')
      await page.getByTestId('sign-out').focus()
      removeFault(second)
      await expect.poll(() => page.title()).toBe(`Spend it once · ${app}`)
      await expectFocus(page, 'button Sign out')
    }))

  test('loading the first page moves no focus, and the first Tab comes to the skip link [H3]', () =>
    inApp(name, DESK, async (page, open) => {
      await expect.poll(() => page.title()).toBe(`Sign in, and watch the chart · ${app}`)
      expect(await focusedTag(page)).toBe('body')
      await signIn(page, 'user')
      for (const [path, heading] of [
        ['/', 'Posts'],
        ['/posts/post_1', 'A session is a promise'],
        ['/posts/post_1/edit', 'Edit “A session is a promise”'],
      ] as const) {
        await expectPlace(page, 'authenticated.fresh')
        await open(path)
        await expect.poll(() => page.title()).toBe(`${heading} · ${app}`)
        expect(await focusedTag(page), path).toBe('body')
        await page.keyboard.press('Tab')
        await expectFocus(page, 'button Skip to the page')
      }
    }))

  test('what is chosen and what is true right now is marked in forced colours, too [H4]', () =>
    inApp(name, DESK, async (page) => {
      await page.emulateMedia({ forcedColors: 'active' })
      const state = (path: string) => page.locator('.map-state', { hasText: path })
      await expectPlace(page, 'anonymous')
      expect(await marksOf(page.getByTestId('mode-sign-in'))).not.toEqual(
        await marksOf(page.getByTestId('mode-sign-up')),
      )
      expect(await marksOf(state('anonymous'))).not.toEqual(await marksOf(state('expired')))
      await signIn(page, 'user')
      await expectPlace(page, 'authenticated.fresh')
      expect(await marksOf(state('authenticated'))).not.toEqual(await marksOf(state('expired')))
      expect(await marksOf(page.getByTestId('nav-home'))).not.toEqual(await marksOf(page.getByTestId('nav-admin')))
      await click(page, 'fault-offline')
      await page.getByTestId('panel-toggle').focus()
      expect(await marksOf(page.getByTestId('fault-offline'))).not.toEqual(
        await marksOf(page.getByTestId('fault-slow')),
      )
    }))

  test('at 320 pixels nothing that has the focus lies under the header or the bar of the chart [H5]', () =>
    inApp(name, NARROW, async (page) => {
      const covered: string[] = []
      const heading = page.getByRole('heading', { level: 1 })
      /** Through the page, until the focus leaves it. */
      async function walk(key: 'Tab' | 'Shift+Tab'): Promise<void> {
        await page.keyboard.press(key)
        const focused = page.locator('main :focus')
        if ((await focused.count()) === 0) return
        if (!(await isClear(focused))) covered.push(`${key} ${await focused.evaluate((one) => one.outerHTML)}`)
        await walk(key)
      }
      await expect.poll(() => page.title()).toBe(`Sign in, and watch the chart · ${app}`)
      await heading.focus()
      await walk('Tab')
      await walk('Shift+Tab')
      await fillIn(page, 'mfa')
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
      await page.keyboard.press('Enter')
      await expect.poll(() => page.title()).toBe(`One more step · ${app}`)
      expect(await isClear(heading)).toBe(true)
      await click(page, 'cancel')
      await signIn(page, 'user')
      await expect.poll(() => page.getByTestId('open-post_4').isVisible()).toBe(true)
      await heading.focus()
      await walk('Tab')
      await walk('Shift+Tab')
      expect(covered).toEqual([])
    }))

  test('a panel that covers the page closes with Escape, and gives the focus to its button [H6]', () =>
    inApp(name, PHONE, async (page) => {
      const toggle = page.getByTestId('panel-toggle')
      await toggle.click()
      expect(await toggle.getAttribute('aria-expanded')).toBe('true')
      await page.getByTestId('command-refresh').focus()
      await page.keyboard.press('Escape')
      await expect.poll(() => toggle.getAttribute('aria-expanded')).toBe('false')
      expect(await toggle.evaluate((element) => element === document.activeElement)).toBe(true)
    }))

  test('a panel that covers the page makes way for another page, whatever leads there; one beside the page stays [H6]', () =>
    inApp(name, PHONE, async (page) => {
      const toggle = page.getByTestId('panel-toggle')
      const expectOpen = async (isOpen: boolean) => {
        await expect.poll(() => toggle.getAttribute('aria-expanded')).toBe(`${isOpen}`)
      }
      await signIn(page, 'user')
      await expect.poll(() => page.title()).toBe(`Posts · ${app}`)
      await toggle.click()
      await click(page, 'nav-admin')
      await expectOpen(false)
      await toggle.click()
      await click(page, 'fault-end')
      await expectFocus(page, 'h1 Your session expired. Sign in again as User')
      await expectOpen(false)
      await toggle.click()
      await page.reload()
      await expectOpen(false)

      await page.setViewportSize(DESK)
      await toggle.click()
      await page.keyboard.press('Escape')
      await signIn(page, 'guest')
      await expectText(page, 'user-name', 'Guest')
      await expect.poll(() => new URL(page.url()).pathname).not.toBe('/sign-in')
      await expect.poll(() => page.getByRole('heading', { level: 1 }).isVisible()).toBe(true)
      await expectOpen(true)
    }))

  test('an error of the sign-in form is not said again in the form for a new account', () =>
    inApp(name, DESK, async (page) => {
      await page.getByTestId('email').fill('user@demo.test')
      await page.getByTestId('password').fill('Wrong-demo-1!')
      await click(page, 'submit')
      await expectText(page, 'form-error', 'The e-mail or the password is wrong. Check both and try again.')
      await click(page, 'mode-sign-up')
      await expectText(page, 'form-error', '')
      await expectText(page, 'plain-title', 'Create an account')
    }))

  test('after a sign-out on purpose the next user does not land on the page of the last one [H7, F2]', () =>
    inApp(name, DESK, async (page, open) => {
      await signIn(page, 'user')
      await expectPlace(page, 'authenticated.fresh')
      await open('/posts/post_1/edit')
      await expect.poll(() => page.getByTestId('post-form').isVisible()).toBe(true)
      await click(page, 'sign-out')
      await expect.poll(() => page.getByTestId('sign-in-form').isVisible()).toBe(true)
      await signIn(page, 'guest')
      await expectText(page, 'user-name', 'Guest')
      await expect.poll(() => page.title()).toBe(`Posts · ${app}`)
      expect(page.url()).toBe(stage.urls[name])
    }))

  test('the panel claims a renewal only after one [W7]', () =>
    inApp(name, DESK, async (page) => {
      await signIn(page, 'user')
      await expectPlace(page, 'authenticated.fresh')
      await click(page, 'fault-offline')
      await click(page, 'fault-expire')
      await expectText(
        page,
        'fault-note',
        'The server ended the access token, and a request came to nothing. The server did not answer. Check the connection and try again.',
      )
      await expectText(page, 'generation', '1')
      await click(page, 'fault-offline')
      await click(page, 'fault-expire')
      await expectText(
        page,
        'fault-note',
        'The server refused the access token; it was renewed and the request was sent again.',
      )
      await expectText(page, 'generation', '2')
    }))
})
