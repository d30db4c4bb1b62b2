import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { chromium, type Browser, type Page } from 'playwright'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '../../../../tools/chromium.ts'

declare const world: {
  readonly calls: string[]
  readonly listeners: number
  readonly answer: (grant: object) => void
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const root = here('.run')
let vite: ViteDevServer
let browser: Browser
let page: Page

beforeAll(async () => {
  cpSync(here('app'), root, { recursive: true })
  vite = await createServer({
    configFile: false,
    root,
    cacheDir: here('../../node_modules/.cache/hmr'),
    logLevel: 'warn',
    plugins: [vue()],
    optimizeDeps: { include: ['vue', 'xstate', '@xstate/vue'] },
    server: { host: 'localhost', port: 0, watch: { ignored: ['**/.run/**'] } },
  })
  await vite.listen()
  const { executablePath, args, env } = await findChromium()
  browser = await chromium.launch({ executablePath, args, env: { ...process.env, ...env } as Record<string, string> })
  page = await browser.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(vite.resolvedUrls?.local[0] ?? '')
})

afterAll(async () => {
  await browser.close()
  await vite.close()
  rmSync(root, { recursive: true, force: true })
})

/** The developer saves the component. Vite is told, because a watcher misses the second of two saves in 50 milliseconds. */
function edit(from: string, to: string): void {
  const file = `${root}/App.vue`
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
  vite.watcher.emit('change', file)
}

const shows = (text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor()
const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()
const seen = () => page.evaluate(() => ({ calls: [...world.calls], listeners: world.listeners }))
const answer = (name: string): Promise<void> =>
  page.evaluate((user) => world.answer({ accessToken: 'a', refreshToken: 'r', expiresIn: 3600, user }), {
    id: '1',
    name,
  })

test('a component is edited while a sign-in and a renewal are on their way: one request each, and the state is kept', async () => {
  await shows('first script, first template, anonymous, nobody, 0')
  await press('count')
  await press('sign in')
  await shows('first script, first template, authenticating, nobody, 1')
  const { listeners } = await seen()
  expect(listeners).toBe(5)

  // another template is rendered in place; another script is set up anew, and what was its own is gone
  edit('first template', 'second template')
  await shows('first script, second template, authenticating, nobody, 1')
  edit('first script', 'second script')
  await shows('second script, second template, authenticating, nobody, 0')
  expect(await seen()).toEqual({ calls: ['signIn'], listeners })
  await answer('Ann')
  await shows('second script, second template, authenticated, Ann, 0')
  await shows('open')

  await press('renew')
  await shows('second script, second template, refreshing, Ann, 0')
  edit('second script', 'third script')
  await shows('third script, second template, refreshing, Ann, 0')
  expect(await seen()).toEqual({ calls: ['signIn', 'refresh'], listeners })
  await answer('Anna')
  await shows('third script, second template, authenticated, Anna, 0')

  expect(await seen()).toEqual({ calls: ['signIn', 'refresh'], listeners })
}, 60_000)
