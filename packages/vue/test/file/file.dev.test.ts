import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '../../../../tools/chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'file-'))
let browser: Browser

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      // a page of file: may load no modules
      lib: {
        entry: fileURLToPath(new URL('app.ts', import.meta.url)),
        formats: ['iife'],
        name: 'app',
        fileName: () => 'app.js',
      },
    },
  })
  writeFileSync(
    join(folder, 'index.html'),
    '<meta charset="utf-8" /><div id="app"></div><script src="app.js"></script>',
  )
  const { executablePath, args, env } = await findChromium()
  browser = await chromium.launch({ executablePath, args, env: { ...process.env, ...env } as Record<string, string> })
}, 120_000)

afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a page of an ended session closes although the sign-in page cannot be loaded any more', async () => {
  const page = await browser.newPage()
  const shows = (text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor()
  await page.goto(`${pathToFileURL(join(folder, 'index.html')).href}#/here`)
  await page.getByRole('button', { name: 'as Ann' }).click()
  await shows('account')

  // the app was deployed anew, say
  await page.evaluate(() => Object.assign(globalThis, { isLost: true }))
  await page.getByRole('button', { name: 'sign out' }).click()
  await shows('sign in')
}, 60_000)

test('guards work on a page of file:, where nothing but the hash is the address of the app [A1a, A5]', async () => {
  const page = await browser.newPage()
  const address = pathToFileURL(join(folder, 'index.html')).href
  const shows = (text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor()

  await page.goto(`${address}#/account?tab=2`)
  await shows('sign in')
  expect(page.url()).toBe(`${address}#/sign-in?returnTo=/account?tab=2`)

  await page.getByRole('button', { name: 'as Ann' }).click()
  await shows('account')
  expect(page.url()).toBe(`${address}#/account?tab=2`)

  await page.getByRole('button', { name: 'sign out' }).click()
  await shows('sign in')
  expect(page.url()).toBe(`${address}#/sign-in`)
}, 60_000)
