/** The example server, both apps as they are built, and a real Chromium. */
import { join } from 'node:path'
import { createServer as createAuthServer, type ExampleServer } from '@authchart/example-server'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { expect, inject } from 'vitest'
import { findChromium } from '../../../tools/chromium.ts'
import { serveApp } from './site.ts'

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
  const folder = inject('apps')
  const [react, vue, browser] = await Promise.all([
    serveApp(join(folder, 'react'), listening.url),
    serveApp(join(folder, 'vue'), listening.url),
    launchBrowser(),
  ])
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

export async function launchBrowser(): Promise<Browser> {
  const { executablePath, args, env } = await findChromium()
  return chromium.launch({ executablePath, args, env: { ...process.env, ...env } as Record<string, string> })
}

/** A browser profile in which time stands still until it is told to move. */
export async function openContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  context.setDefaultTimeout(60_000)
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
  await expect.poll(async () => (await page.getByTestId(id).textContent())?.trim(), { message: id }).toBe(text)
}

/** Waits until the chart is in that state, as the panel shows it. */
export async function expectPlace(page: Page, place: string): Promise<void> {
  await expectText(page, 'chart-value', place)
}
