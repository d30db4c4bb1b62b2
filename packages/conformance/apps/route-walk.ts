/** A walk through the routes of an example app: after every step exactly that page is shown, under that address. */
import type { Page } from 'playwright'
import { expect } from 'vitest'
import { pathOf, shownIn, type RouteEvent, type RouteStep, type Shown } from '../src/routes.ts'
import { expectPlace, listen, openContext, type AppName, type Stage } from './stage.ts'

/** What stands on a page and on no other. */
const landmarks: Readonly<Record<Shown['screen'], string>> = {
  'sign-in': 'sign-in-form',
  forbidden: 'forbidden',
  home: 'profile',
  ownPost: 'post-form',
  othersPost: 'post-form',
  admin: 'admin-page',
}

async function take(
  { event, from }: RouteStep,
  page: Page,
  { server: { control, users }, url }: { readonly server: Stage['server']; readonly url: string },
): Promise<void> {
  const click = (id: string, on = page) => on.getByTestId(id).click()
  const actions: Readonly<Record<RouteEvent['type'], () => Promise<unknown>>> = {
    'opens a link': () => page.goto(new URL(pathOf[(event as { page: keyof typeof pathOf }).page], url).href),
    async 'signs in'() {
      const { email, password } = users[(event as { as: 'user' | 'admin' }).as]
      await page.getByTestId('email').fill(email)
      await page.getByTestId('password').fill(password)
      await click('submit')
    },
    'signs out': () => click('sign-out'),
    async 'signs out in another tab'() {
      const other = await page.context().newPage()
      await other.goto(url)
      await click('sign-out', other)
      await expectPlace(other, 'signedOut')
      await other.close()
    },
    async 'session ends'() {
      control.updateUser(users[from.who as 'user' | 'admin'].email, { endSessions: true })
      await click('command-refresh')
    },
    async 'loses the role'() {
      control.updateUser(users.admin.email, { role: 'user' })
      await click('command-refresh')
    },
  }
  await actions[event.type]()
}

/** Routers write a query in ways of their own. */
function addressOf({ pathname, searchParams, hash }: URL): string {
  return pathname + (searchParams.size > 0 ? `?${searchParams}` : '') + hash
}

/** Exactly that page is on the screen, under that address. */
async function expectShown(page: Page, { screen, address }: Shown, trail: string): Promise<void> {
  const others = [...new Set(Object.values(landmarks))].filter((id) => id !== landmarks[screen])
  const look = async () => ({
    shown: await page.getByTestId(landmarks[screen]).isVisible(),
    others: (await Promise.all(others.map((id) => page.getByTestId(id).isVisible()))).includes(true),
    address: addressOf(new URL(page.url())),
  })
  await expect.poll(look, { message: trail }).toEqual({ shown: true, others: false, address })
}

export async function walkThroughRoutes(stage: Stage, name: AppName, steps: readonly RouteStep[]): Promise<void> {
  const { server, browser, urls } = stage
  server.control.reset()
  const context = await openContext(browser)
  const page = await context.newPage()
  const heard = listen(page)
  await page.goto(urls[name])
  let trail = 'opens the app'
  for (const step of steps) {
    trail += ` > ${step.label}`
    await take(step, page, { server, url: urls[name] })
    await expectShown(page, shownIn(step.to), trail)
  }
  expect(heard.filter((line) => line.includes('eyJ') || line.startsWith('pageerror'))).toEqual([])
  expect(server.control.stats().replays).toBe(0)
  await context.close()
}
