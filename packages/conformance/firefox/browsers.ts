import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import puppeteer, { type Browser } from 'puppeteer-core'
import { installed as installedChromium } from '../campaign/chromium.ts'

export type BrowserName = 'chromium' | 'firefox'

export interface FoundBrowser {
  readonly name: BrowserName
  readonly executablePath: string
  /** What it calls itself. */
  readonly version: string
}

const START = 60_000

/** The first one that starts and is what it says. Null if there is none; `tried` says what was looked at. */
export async function findBrowser(name: BrowserName, tried: string[]): Promise<FoundBrowser | null> {
  for (const executablePath of new Set(candidates(name))) {
    if (!existsSync(executablePath)) continue
    try {
      const browser = await launch({ name, executablePath })
      try {
        if (name === 'chromium') await proveFull(browser)
        return { name, executablePath, version: await browser.version() }
      } finally {
        await browser.close()
      }
    } catch (error) {
      tried.push(`${executablePath}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return null
}

export function launch({ name, executablePath }: Pick<FoundBrowser, 'name' | 'executablePath'>): Promise<Browser> {
  const isRoot = process.getuid?.() === 0
  return puppeteer.launch({
    browser: name === 'chromium' ? 'chrome' : 'firefox',
    executablePath,
    headless: true,
    timeout: START,
    protocolTimeout: START,
    args: name === 'chromium' ? ['--disable-gpu', ...(isRoot ? ['--no-sandbox'] : [])] : [],
  })
}

/** A headless shell calls itself the same, hides the races between pages, and has no pages of its own. */
async function proveFull(browser: Browser): Promise<void> {
  const page = await browser.newPage()
  await page.goto('chrome://version')
  const text = await page.evaluate(() => document.body.innerText)
  if (!/\d+\.\d+\.\d+\.\d+/.test(text)) throw new Error('no full Chromium: chrome://version is not what it should be')
}

function candidates(name: BrowserName): readonly string[] {
  const chosen = process.env[name === 'chromium' ? 'CHROME_PATH' : 'FIREFOX_PATH']
  return [...(chosen ? [chosen] : []), ...(name === 'chromium' ? installedChromium() : installedFirefox())]
}

function installedFirefox(): readonly string[] {
  const { platform, env } = process
  if (platform === 'darwin') {
    return ['', homedir()].map((home) => `${home}/Applications/Firefox.app/Contents/MacOS/firefox`)
  }
  if (platform === 'win32') {
    const folders = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)']].filter((folder) => folder !== undefined)
    return folders.map((folder) => join(folder, 'Mozilla Firefox/firefox.exe'))
  }
  const folders = ['/usr/bin', ...(env['PATH'] ?? '').split(delimiter)]
  return folders.flatMap((folder) => ['firefox-esr', 'firefox'].map((name) => join(folder, name)))
}
