import { existsSync, realpathSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright'
import { inTime } from './time.ts'

/** A full Chromium with a profile of its own on disk. Headless-shell builds hide the races that this is about. */
export interface FullChromium {
  readonly executablePath: string
  readonly version: string
  readonly browser: Browser
  readonly context: BrowserContext
  readonly close: () => Promise<void>
}

const START = 60_000

/** The first one found that is what it says. Null: there is none, and `tried` says what was looked at. */
export async function launchFullChromium(tried: string[]): Promise<FullChromium | null> {
  const seen = new Set<string>()
  for (const executablePath of candidates()) {
    if (!existsSync(executablePath) || seen.has(realpathSync(executablePath))) continue
    seen.add(realpathSync(executablePath))
    const launched = await launch(executablePath).catch((error: unknown) => {
      tried.push(`${executablePath}: ${firstLine(error)}`)
      return null
    })
    if (launched) return launched
  }
  return null
}

async function launch(executablePath: string): Promise<FullChromium> {
  const profile = await mkdtemp(join(tmpdir(), 'campaign-'))
  const remove = (): Promise<void> => rm(profile, { recursive: true, force: true, maxRetries: 5 })
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: false, // Playwright's own switch may mean the shell
      args: ['--headless=new', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      viewport: null,
      timeout: START,
    })
    const close = async (): Promise<void> => {
      await context.close()
      await remove()
    }
    try {
      const version = await inTime('chrome://version', provenVersion(context), START)
      const browser = context.browser()
      if (!browser) throw new Error('gives no access to its processes')
      return { executablePath, version, browser, context, close }
    } catch (error) {
      await close()
      throw error
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Only a full browser has pages of its own. A shell calls itself the same and does not know the address. */
async function provenVersion(context: BrowserContext): Promise<string> {
  const page = await context.newPage()
  try {
    await page.goto('chrome://version')
    const text = await page.locator('body').innerText()
    const line = /^(.*\d+\.\d+\.\d+\.\d+.*)$/m.exec(text)?.[1]
    if (!line) throw new Error('no full Chromium: chrome://version is not what it should be')
    return line.replaceAll(/\s+/g, ' ').trim()
  } catch (error) {
    throw new Error(`no full Chromium: ${firstLine(error)}`, { cause: error })
  } finally {
    await page.close()
  }
}

function candidates(): string[] {
  const chosen = process.env['CHROME_PATH']
  return [...(chosen ? [chosen] : []), ...installed()]
}

export function installed(): string[] {
  const { platform, env } = process
  if (platform === 'darwin') {
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge']
    return ['', homedir()].flatMap((home) =>
      names.map((name) => `${home}/Applications/${name}.app/Contents/MacOS/${name}`),
    )
  }
  if (platform === 'win32') {
    const folders = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter(
      (folder) => folder !== undefined,
    )
    const names = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe']
    return folders.flatMap((folder) => names.map((name) => join(folder, name)))
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
  const folders = ['/usr/bin', ...(env['PATH'] ?? '').split(delimiter)]
  return folders.flatMap((folder) => names.map((name) => join(folder, name)))
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
