/** The routes of both example apps in a real browser: deep links, ways back, closed doors; walks generated from a graph. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BrowserContext, Page } from 'playwright'
import { generateRouteWalks, pathOf, shownIn, type RouteEvent, type RouteStep, type Shown } from '../src/routes.ts'
import { expectPlace, listen, openContext, setTheStage, type Stage } from './stage.ts'

const { walks, edges } = generateRouteWalks()
let stage: Stage

beforeAll(async () => {
  stage = await setTheStage()
})
afterAll(() => stage?.close())

/** What stands on a page and on no other. */
const landmarks: Readonly<Record<Shown['screen'], string>> = {
  'sign-in': 'sign-in-form',
  forbidden: 'forbidden',
  home: 'profile',
  ownPost: 'post-form',
  othersPost: 'post-form',
  admin: 'admin-page',
}

async function take({ event, from }: RouteStep, page: Page, context: BrowserContext, url: string): Promise<void> {
  const { control, users } = stage.server
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
      const other = await context.newPage()
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
  await expect.poll(look, { timeout: 15_000, message: trail }).toEqual({ shown: true, others: false, address })
}

describe.each(['react', 'vue'] as const)('the routes of the %s app', (name) => {
  test.each(walks.map((steps, index) => ({ name: `walk ${index + 1}`, steps })))('$name', async ({ steps }) => {
    stage.server.control.reset()
    const context = await openContext(stage.browser)
    const page = await context.newPage()
    const heard = listen(page)
    await page.goto(stage.urls[name])
    let trail = 'opens the app'
    for (const step of steps) {
      trail += ` > ${step.label}`
      await take(step, page, context, stage.urls[name])
      await expectShown(page, shownIn(step.to), trail)
    }
    expect(heard.filter((line) => line.includes('eyJ') || line.startsWith('pageerror'))).toEqual([])
    expect(stage.server.control.stats().replays).toBe(0)
    await context.close()
  })

  test('takes every edge of the graph', () => {
    const taken = new Set(walks.flat().map(({ from, label }) => `${JSON.stringify(from)} ${label}`))
    console.log(`${name} app: ${taken.size} of ${edges} ways through its routes, in ${walks.length} walks`)
    expect(taken.size).toBe(edges)
  })
})
