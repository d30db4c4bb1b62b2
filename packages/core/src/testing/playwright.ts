import { test as base, type Page, type Route } from '@playwright/test'
import type { WorldAccount } from './accounts.ts'
import { fakeClock } from './clock.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

export interface WorldFixtures {
  /** How the world is made: `test.use({ worldOptions: { origin: 'https://api-client.bkend.ai' } })`. */
  readonly worldOptions: WorldOptions
  /** Signs in on the sign-in page of the app, which is open. Default: by the labels E-mail and Password, and Enter. */
  readonly fillInSignIn: (page: Page, account: WorldAccount) => Promise<void>
  /** The server of this test. Every page of the context talks to it instead of the real one. */
  readonly world: World
  /**
   * Opens the sign-in page and signs a user in who has this role.
   * @throws Error if no account has it
   */
  readonly signInAs: (role: string, address?: string) => Promise<WorldAccount>
  /** Another tab of the same browser, with the same storage. */
  readonly openTab: (address: string) => Promise<Page>
}

const ALLOWED = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': '*, Authorization',
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
  'Access-Control-Expose-Headers': '*',
}

/**
 * Playwright's `test`, with a server of its own for each test. So a test may end all sessions, lose answers and let time pass at
 * the server, and no other test is disturbed.
 *
 * @example
 * test('a ban leads to the sign-in page', async ({ page, world, signInAs }) => {
 *   const { id } = await signInAs('admin')
 *   world.server.ban(id)
 *   world.server.expireAccess()
 *   await page.reload()
 *   await expect(page).toHaveURL(/sign-in/)
 * })
 */
export const test = base.extend<WorldFixtures>({
  worldOptions: [{}, { option: true }],
  // Playwright reads from the first parameter which fixtures are needed
  // oxlint-disable-next-line no-empty-pattern
  fillInSignIn: [async ({}, use) => use(byLabels), { option: true }],
  async world({ context, worldOptions }, use) {
    const world = createWorld({ clock: fakeClock(Date.now()), ...worldOptions })
    await context.route(`${world.origin}/**`, (route) => answer(route, world))
    await use(world)
  },
  async signInAs({ page, world, fillInSignIn }, use) {
    await use(async (role, address = '/sign-in') => {
      const account = world.strict.accounts.accountOf(role)
      if (!account) throw new Error(`No account of this world has the role ${role}`)
      await page.goto(address)
      await fillInSignIn(page, account)
      return account
    })
  },
  async openTab({ context, world }, use) {
    void world
    await use(async (address) => {
      const page = await context.newPage()
      await page.goto(address)
      return page
    })
  },
})

async function byLabels(page: Page, { email, password }: WorldAccount): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  const field = page.getByLabel('Password', { exact: true })
  await field.fill(password)
  await field.press('Enter')
}

async function answer(route: Route, world: World): Promise<void> {
  const asked = route.request()
  const method = asked.method()
  if (method === 'OPTIONS') return route.fulfill({ status: 204, headers: ALLOWED })
  const body = method === 'GET' ? null : asked.postData()
  try {
    const response = await world.handle(new Request(asked.url(), { method, headers: await asked.allHeaders(), body }))
    const headers = { ...Object.fromEntries(response.headers), ...ALLOWED }
    await route.fulfill({ status: response.status, headers, body: await response.text() })
  } catch {
    // as the network says it; a page that is gone hears nothing
    await route.abort('failed').catch(() => {})
  }
}
