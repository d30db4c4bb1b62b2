import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import react from '@vitejs/plugin-react'
import { chromium, type Browser } from 'playwright'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '../../../../tools/chromium.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
let outDir: string
let browser: Browser

beforeAll(async () => {
  outDir = mkdtempSync(join(tmpdir(), 'file-page-'))
  await build({
    configFile: false,
    root: here('app'),
    logLevel: 'silent',
    plugins: [react()],
    // a page of a file loads no modules
    build: {
      outDir,
      minify: false,
      rolldownOptions: { input: here('app/main.tsx'), output: { format: 'iife', entryFileNames: 'app.js' } },
    },
  })
  const { executablePath, args, env } = await findChromium()
  browser = await chromium.launch({ executablePath, args, env: { ...process.env, ...env } as Record<string, string> })
}, 120_000)

afterAll(async () => {
  await browser.close()
  rmSync(outDir, { recursive: true, force: true })
})

test.each(['React Router', 'TanStack Router'])(
  'the hash router of %s in a page of a file closes a guarded page, and leads back to it [A1a]',
  { timeout: 120_000 },
  async (router) => {
    const file = join(outDir, 'index.html')
    writeFileSync(file, readFileSync(here('app/index.html'), 'utf8').replace('</title>', `, by ${router}</title>`))
    const page = await browser.newPage()
    const shown: string[] = []
    await page.exposeFunction('tell', (text: string) => void shown.push(text))
    await page.addInitScript(() => {
      const { tell } = globalThis as unknown as { readonly tell: (text: string) => void }
      new MutationObserver(() => tell(document.body?.innerText ?? '')).observe(document, {
        childList: true,
        subtree: true,
        characterData: true,
      })
    })
    await page.goto(`${pathToFileURL(file).href}#/account?a=1`)
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(new URL(page.url()).hash).toBe('#/sign-in?returnTo=%2Faccount%3Fa%3D1')
    expect(shown.join()).not.toContain('account of')

    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('account of Ann', { exact: true }).waitFor()
    expect(new URL(page.url()).hash).toBe('#/account?a=1')
    expect(new URL(page.url()).pathname).toBe(pathToFileURL(file).pathname)
    await page.close()
  },
)
