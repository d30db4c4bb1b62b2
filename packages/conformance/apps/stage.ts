/** The example server, both apps in Vite, and a real Chromium. */
import { fileURLToPath } from 'node:url'
import { createServer as createAuthServer, type ExampleServer } from '@authchart/example-server'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { createServer as createViteServer } from 'vite'
import { expect } from 'vitest'
import { findChromium } from '../../../tools/chromium.ts'

export type AppName = 'react' | 'vue'

export interface Stage {
  readonly server: ExampleServer
  readonly browser: Browser
  readonly urls: Readonly<Record<AppName, string>>
  close(): Promise<void>
}

export async function setTheStage(): Promise<Stage> {
  const server = createAuthServer({ control: true, limits: false })
  const listening = await server.listen(0)
  process.env['VITE_AUTH_SERVER'] = listening.url
  const [react, vue] = await Promise.all([startApp('react'), startApp('vue')])
  const { executablePath, args, env } = await findChromium()
  const browser = await chromium.launch({
    executablePath,
    args,
    env: { ...process.env, ...env } as Record<string, string>,
  })
  return {
    server,
    browser,
    urls: { react: react.url, vue: vue.url },
    async close() {
      await browser.close()
      await Promise.all([react.close(), vue.close(), listening.close()])
      server.close()
    },
  }
}

async function startApp(name: AppName): Promise<{ url: string; close(): Promise<void> }> {
  const root = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
  const app = await createViteServer({
    root,
    configFile: `${root}/vite.config.ts`,
    configLoader: 'native',
    logLevel: 'warn',
    server: { host: 'localhost', port: 0 },
  })
  await app.listen()
  return { url: app.resolvedUrls?.local[0] ?? '', close: () => app.close() }
}

/** A browser profile in which time stands still until it is told to move. */
export async function openContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  context.setDefaultTimeout(15_000)
  const now = Date.now()
  await context.clock.install({ time: now })
  await context.clock.pauseAt(now + 1000)
  return context
}

/** Everything that the page printed or threw. */
export function listen(page: Page): readonly string[] {
  const heard: string[] = []
  page.on('pageerror', (error) => heard.push(`pageerror: ${error.message}`))
  page.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`))
  return heard
}

export async function expectText(page: Page, id: string, text: string): Promise<void> {
  await expect
    .poll(async () => (await page.getByTestId(id).textContent())?.trim(), { timeout: 15_000, message: id })
    .toBe(text)
}

/** Waits until the chart is in that state, as the panel shows it. */
export async function expectPlace(page: Page, place: string): Promise<void> {
  await expectText(page, 'chart-value', place)
}
