import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
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
    plugins: [react()],
    optimizeDeps: { include: ['react', 'react-dom/client', 'react/jsx-dev-runtime', 'xstate', '@xstate/react'] },
    server: { host: 'localhost', port: 0 },
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

/** The developer saves the file of the component. */
function edit(from: string, to: string): void {
  const file = `${root}/page.tsx`
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
}

const shows = (text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor()
const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()
const seen = () => page.evaluate(() => ({ calls: [...world.calls], listeners: world.listeners }))
const grant = (name: string) => ({
  accessToken: `a-${name}`,
  refreshToken: `r-${name}`,
  expiresIn: 3600,
  user: { id: '1', name },
})
const answer = (name: string): Promise<void> => page.evaluate((granted) => world.answer(granted), grant(name))

test('a component is edited while a sign-in and a renewal are on their way: one request each, and the state is kept', async () => {
  await shows('first edition, anonymous, nobody, 0')
  await press('count')
  await press('sign in')
  await shows('first edition, authenticating, nobody, 1')
  const { listeners } = await seen()
  expect(listeners).toBe(3)

  edit('first edition', 'second edition')
  await shows('second edition, authenticating, nobody, 1')
  expect(await seen()).toEqual({ calls: ['signIn'], listeners })
  await answer('Ann')
  await shows('second edition, authenticated, Ann, 1')
  await shows('open')

  await press('renew')
  await shows('second edition, refreshing, Ann, 1')
  edit('second edition', 'third edition')
  await shows('third edition, refreshing, Ann, 1')
  edit('fallback="closed"', 'fallback="shut"')
  edit('third edition', 'fourth edition')
  await shows('fourth edition, refreshing, Ann, 1')
  expect(await seen()).toEqual({ calls: ['signIn', 'refresh'], listeners })
  await answer('Anna')
  await shows('fourth edition, authenticated, Anna, 1')

  expect(await seen()).toEqual({ calls: ['signIn', 'refresh'], listeners })
}, 60_000)
