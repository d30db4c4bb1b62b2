/** `npm run demo`, as the README says: both apps in Vite's own server, in a real browser. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, listen, type AppName } from '../apps/stage.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
let demo: ChildProcess
let browser: Browser
let words = ''

beforeAll(async () => {
  demo = spawn(process.execPath, ['tools/demo.ts'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  demo.stdout?.on('data', (chunk: Buffer) => (words += chunk.toString()))
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  if (demo && demo.exitCode === null) {
    demo.kill('SIGTERM')
    await once(demo, 'exit')
  }
})

test.each<[AppName, RegExp]>([
  ['react', /React +(http:\S+)/],
  ['vue', /Vue +(http:\S+)/],
])('the demo serves the %s app, and the user that it names signs in', async (_, address) => {
  await expect.poll(() => words).toContain('Ctrl+C to stop')
  const page = await browser.newPage()
  page.setDefaultTimeout(60_000)
  const heard = listen(page)
  await page.goto(address.exec(words)?.[1] ?? '')
  const [, email, password] = /(user@\S+) +(\S+)/.exec(words) ?? []
  await page.getByTestId('email').fill(email ?? '')
  await page.getByTestId('password').fill(password ?? '')
  await page.getByTestId('submit').click()
  await expect.poll(() => page.getByTestId('user-name').textContent()).toBe('User')
  expect(heard.filter((line) => line.startsWith('pageerror') || line.includes('eyJ'))).toEqual([])
  await page.close()
})
