/** What the apps are for, besides the chart: roles, owners, two tabs, and a panel that makes the world misbehave. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Page } from 'playwright'
import { expectPlace, expectText, listen, openContext, setTheStage, type AppName, type Stage } from './stage.ts'

let stage: Stage

type SeedName = 'admin' | 'user' | 'mfa'

/** Opens an app in a profile of its own, does something there, and looks for what should never be seen. */
async function inApp(name: AppName, act: (page: Page, open: () => Promise<Page>) => Promise<void>): Promise<void> {
  stage.server.control.reset()
  const context = await openContext(stage.browser)
  const heard: (readonly string[])[] = []
  const open = async (): Promise<Page> => {
    const page = await context.newPage()
    heard.push(listen(page))
    await page.goto(stage.urls[name])
    return page
  }
  await act(await open(), open)
  const errors = heard.flat().filter((line) => line.startsWith('pageerror') || line.includes('eyJ'))
  expect(errors).toEqual([])
  await context.close()
}

async function signIn(page: Page, name: SeedName): Promise<void> {
  const { email, password } = stage.server.users[name]
  await page.getByTestId('email').fill(email)
  await page.getByTestId('password').fill(password)
  await page.getByTestId('submit').click()
}

const click = (page: Page, id: string) => page.getByTestId(id).click()
/** The states of the picture in the panel that are filled otherwise than most. */
const litIn = (page: Page): Promise<readonly string[]> =>
  page.locator('.story').evaluate((story) => {
    const states = [...story.querySelectorAll('[data-state]')].map((state) => ({
      name: state.getAttribute('data-state') ?? '',
      fill: getComputedStyle(state.querySelector('rect') ?? state).fill,
    }))
    const usual = states.map(({ fill }) => fill).toSorted((one, other) => countOf(other) - countOf(one))[0]
    function countOf(fill: string): number {
      return states.filter((state) => state.fill === fill).length
    }
    return states.filter(({ fill }) => fill !== usual).map(({ name }) => name)
  })

async function shows(page: Page, id: string): Promise<void> {
  await expect.poll(() => page.getByTestId(id).isVisible(), { message: id }).toBe(true)
}

/** What the app of this name is for: each app in a file of its own, so that they run side by side. */
export function describeFeatures(name: AppName): void {
  const isWhole = inject('suite') === 'whole'
  const features: (readonly [title: string, act: () => Promise<void>])[] = []
  const feature = (title: string, act: () => Promise<void>) => features.push([title, act])

  describe(`the ${name} app`, () => {
    beforeAll(async () => {
      stage = await setTheStage()
    })
    afterAll(() => stage?.close())

    feature('a reload finds the session again', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await expectPlace(page, 'authenticated.fresh')
        await page.reload()
        await expectPlace(page, 'authenticated.fresh')
        await expectText(page, 'user-name', 'User')
      }),
    )

    feature('only an admin sees the admin page, and the server is of the same opinion', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await click(page, 'nav-admin')
        await shows(page, 'forbidden')
        await click(page, 'ask-anyway')
        await shows(page, 'forbidden-answer')
        await click(page, 'sign-out')
        await expectPlace(page, 'signedOut')
        await signIn(page, 'admin')
        await click(page, 'nav-admin')
        await shows(page, 'admin-page')
      }),
    )

    feature('a deep link leads there after the sign-in, and Back leads out of the app', () =>
      inApp(name, async (page) => {
        await page.goto(new URL('/posts/post_1?tab=2#text', stage.urls[name]).href)
        await signIn(page, 'user')
        await shows(page, 'post-post_1')
        expect(page.url()).toBe(new URL('/posts/post_1?tab=2#text', stage.urls[name]).href)
        await page.goBack()
        await expect.poll(() => new URL(page.url()).pathname).not.toBe('/posts/post_1')
        await expect.poll(() => page.getByTestId('sign-in-form').isVisible()).toBe(false)
      }),
    )

    feature('a way back to another site leads home', () =>
      inApp(name, async (page) => {
        await page.goto(new URL('/sign-in?returnTo=//evil.example/x', stage.urls[name]).href)
        await signIn(page, 'user')
        await shows(page, 'profile')
        expect(page.url()).toBe(stage.urls[name])
      }),
    )

    feature('a user who is signed in already is not asked again', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await shows(page, 'profile')
        await page.goto(new URL('/sign-in?returnTo=%2Fposts%2Fpost_1', stage.urls[name]).href)
        await shows(page, 'post-post_1')
      }),
    )

    feature('a draft outlives the session, for its author and for no other user', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await click(page, 'edit-post_1')
        await page.getByTestId('post-title').fill('Half a tho')
        await click(page, 'fault-end')
        await expectPlace(page, 'expired')
        await shows(page, 'sign-in-form')
        // another user is not led to the page of the one before
        await signIn(page, 'admin')
        await click(page, 'edit-post_1')
        await shows(page, 'post-form')
        expect(await page.getByTestId('post-title').inputValue()).toBe('A session is a promise')
        await click(page, 'fault-end')
        await shows(page, 'sign-in-form')
        await signIn(page, 'user')
        await click(page, 'edit-post_1')
        await shows(page, 'draft-note')
        expect(await page.getByTestId('post-title').inputValue()).toBe('Half a tho')
        // a sign-out on purpose leaves nothing behind
        await click(page, 'sign-out')
        await signIn(page, 'user')
        await click(page, 'edit-post_1')
        await shows(page, 'post-form')
        expect(await page.getByTestId('post-title').inputValue()).toBe('A session is a promise')
      }),
    )

    feature('a draft is gone at once when its author signs out, however long the server takes to hear of it', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await click(page, 'edit-post_1')
        await page.getByTestId('post-title').fill('Half a tho')
        stage.server.control.addFault({ kind: 'hold', path: '*/auth/signout' })
        await click(page, 'sign-out')
        await shows(page, 'sign-in-form')
        await expectPlace(page, 'signingOut')
        await signIn(page, 'user')
        await click(page, 'edit-post_1')
        await shows(page, 'post-form')
        expect(await page.getByTestId('post-title').inputValue()).toBe('A session is a promise')
        stage.server.control.clearFaults()
      }),
    )

    feature('a user who leaves while their post is being saved is not called back when it is', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await click(page, 'edit-post_1')
        await page.getByTestId('post-title').fill('A title of today')
        stage.server.control.addFault({ kind: 'hold', path: '*/data/posts/post_1' })
        await click(page, 'save-post')
        await click(page, 'nav-home')
        await shows(page, 'profile')
        const saved = page.waitForResponse((response) => response.request().method() === 'PATCH')
        stage.server.control.clearFaults()
        await (await saved).finished()
        // saved, and so no draft: what is shown next is what the server has
        await expect.poll(() => page.evaluate(() => Object.keys(sessionStorage).join())).not.toContain('draft')
        expect(page.url()).toBe(stage.urls[name])
      }),
    )

    feature('a page that does not exist says so, signed in or not', () =>
      inApp(name, async (page) => {
        await page.goto(new URL('/nowhere', stage.urls[name]).href)
        await shows(page, 'not-found')
      }),
    )

    feature('an author edits their own post and no other', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await shows(page, 'post-post_3')
        await shows(page, 'edit-post_1')
        expect(await page.getByTestId('edit-post_3').count()).toBe(0)
        await click(page, 'edit-post_1')
        await page.getByTestId('post-title').fill('A title of today')
        await click(page, 'save-post')
        await expect.poll(() => page.getByTestId('post-post_1').textContent()).toContain('A title of today')
      }),
    )

    feature('a token that is refused is renewed without a flicker', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await shows(page, 'post-post_1')
        // the same element before and after: nothing was taken off the screen meanwhile
        const post = await page.getByTestId('post-post_1').elementHandle()
        await expectText(page, 'generation', '1')
        await click(page, 'fault-expire')
        await expectText(page, 'generation', '2')
        await expectPlace(page, 'authenticated.fresh')
        expect(await post?.evaluate((element) => element.isConnected)).toBe(true)
      }),
    )

    feature('the user stays signed in offline, and the connection brings the renewal', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await expectPlace(page, 'authenticated.fresh')
        await click(page, 'fault-offline')
        await click(page, 'command-refresh')
        await expectPlace(page, 'authenticated.waiting')
        await expectText(page, 'user-name', 'User')
        await click(page, 'fault-offline')
        await expectText(page, 'generation', '2')
      }),
    )

    feature('an expired session says so, and who was signed in', () =>
      inApp(name, async (page) => {
        await signIn(page, 'user')
        await expectPlace(page, 'authenticated.fresh')
        await click(page, 'fault-end')
        await expectPlace(page, 'expired')
        await expectText(page, 'expired-title', 'Your session expired. Sign in again as User')
        expect(await page.getByTestId('email').inputValue()).toBe('user@demo.test')
      }),
    )

    feature('a sign-out in one tab is followed by the other', () =>
      inApp(name, async (page, open) => {
        await signIn(page, 'user')
        await expectPlace(page, 'authenticated.fresh')
        const other = await open()
        await expectPlace(other, 'authenticated.fresh')
        await click(other, 'sign-out')
        await expectPlace(page, 'signedOut')
        expect(await page.getByTestId('user-name').count()).toBe(0)
      }),
    )

    feature('a wrong password is announced, and keeps what was typed', () =>
      inApp(name, async (page) => {
        const email = page.getByTestId('email')
        await email.fill('user@demo.test')
        await page.getByTestId('password').fill('Wrong-demo-1!')
        await click(page, 'submit')
        await expect.poll(() => page.getByRole('alert').filter({ hasText: /\w/ }).count()).toBe(1)
        expect(await email.inputValue()).toBe('user@demo.test')
      }),
    )

    feature('the panel says so where the inspector cannot be reached', () =>
      inApp(name, async (page) => {
        await click(page, 'inspector')
        await expect.poll(() => page.getByTestId('inspector-note').textContent()).toMatch(/\w/)
      }),
    )

    feature('the picture in the panel lights the status of the app, and no other', () =>
      inApp(name, async (page) => {
        const expectLit = async (word: string): Promise<void> => {
          await expect.poll(() => litIn(page), { message: word }).toEqual([word])
        }
        await expectLit('anonymous')
        await signIn(page, 'user')
        await expectLit('authenticated')
        await page.emulateMedia({ forcedColors: 'active' })
        await expectLit('authenticated')
        await click(page, 'fault-end')
        await expectLit('expired')
      }),
    )

    // the short suite tries each in one of the apps, which differ in their views alone
    const own = features.filter((_, index) => isWhole || index % 2 === (name === 'vue' ? 1 : 0))
    test.each(own)('%s', (_, act) => act())
  })
}
