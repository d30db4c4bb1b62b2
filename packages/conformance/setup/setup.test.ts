import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type ExampleServer, type Listening } from '@authchart/example-server'
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { findChromium } from '../../../tools/chromium.ts'
import { serveApp } from '../frameworks/apps.ts'
import { buildPackages, packPackage } from '../frameworks/packages.ts'
import { run } from '../frameworks/run.ts'
import { makeBlank, managers, type Kind } from './blank.ts'
import { serveRegistry, type Registry } from './registry.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000, maxConcurrency: 2 })

interface Recipe {
  /** The command that looks at all types, under `strict`. */
  readonly types: string
  readonly start: (port: string) => { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  readonly ready: RegExp
}

const vite = {
  start: (port: string) => ({
    args: ['node_modules/vite/bin/vite.js', 'preview', '--host', 'localhost', '--strictPort', '--port', port],
    env: {},
  }),
  ready: /localhost/,
}

const recipes: Readonly<Record<Kind, Recipe>> = {
  react: { ...vite, types: 'tsc -p tsconfig.app.json --strict' },
  vue: { ...vite, types: 'vue-tsc -p tsconfig.app.json --strict' },
  next: {
    types: 'tsc --noEmit --strict',
    start: (port) => ({ args: ['node_modules/next/dist/bin/next', 'start', '-H', 'localhost', '-p', port], env: {} }),
    ready: /Ready in/,
  },
  nuxt: {
    types: 'nuxt typecheck',
    start: (port) => ({
      args: ['--env-file=.env', '.output/server/index.mjs'],
      env: { HOST: 'localhost', PORT: port },
    }),
    ready: /Listening on/,
  },
}

// two at a time: the slow ones begin
const kinds: readonly Kind[] = ['next', 'nuxt', 'react', 'vue']

let folder: string
let command: string
let server: ExampleServer
let listening: Listening
let registry: Registry
let browser: Browser

beforeAll(async () => {
  server = createServer({ control: true, limits: false })
  listening = await server.listen(0)
  folder = await mkdtemp(join(tmpdir(), 'authchart-setup-'))
  await buildPackages()
  const tarballs: string[] = []
  for (const name of ['core', 'react', 'vue']) tarballs.push(await packPackage(name, join(folder, 'packed', name)))
  registry = await serveRegistry(tarballs)
  command = await packCommand()
  const { executablePath, args, env } = await findChromium()
  browser = await chromium.launch({ executablePath, args, env: { ...process.env, ...env } as Record<string, string> })
})

afterAll(async () => {
  await browser.close()
  await registry.close()
  await listening.close()
  server.close()
  await rm(folder, { recursive: true, force: true })
})

/** npx keeps what it has installed by the name of the file: another content has another name. */
async function packCommand(): Promise<string> {
  const packed = await packPackage('cli', join(folder, 'packed/cli'))
  const name = createHash('sha256')
    .update(await readFile(packed))
    .digest('hex')
    .slice(0, 16)
  const path = join(folder, `authchart-${name}.tgz`)
  await cp(packed, path)
  return `npx --yes --package "${path}" authchart setup`
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}

test.concurrent.each<Kind>(kinds)('%s: one command leads from the blank app to a guarded page', async (kind) => {
  const { types, start, ready } = recipes[kind]
  const manager = managers[kind]
  const times: Record<string, number> = {}
  const parent = join(folder, 'apps')
  await mkdir(parent, { recursive: true })
  let app = ''
  times['blank app'] = await seconds(async () => (app = await makeBlank(kind, parent)))
  await writeFile(join(app, '.npmrc'), `${registry.setting}\n`)
  await cp(app, `${app}-blank`, { recursive: true })
  const flags = `--yes --test --guards admin,editor --url ${listening.url} --publishable-key pk_demo`
  let printed = ''
  times['setup'] = await seconds(async () => (printed = await run(`${command} ${flags}`, app)))
  expect(printed).toContain(`Now run: ${manager} install`)
  expect(printed).not.toContain('is yours')
  times['install'] = await seconds(() => run(`${manager} install`, app))
  times['build and types'] = await seconds(async () => {
    await run(`${manager} run build`, app)
    await run(`${execOf(kind)} ${types}`, app)
  })
  times['the written test'] = await seconds(async () => expect(await run(`${manager} test`, app)).toMatch(/2 passed/))
  const begin = performance.now()
  const running = await serveApp(app, ready, start)
  times['start'] = (performance.now() - begin) / 1000
  try {
    times['browser'] = await seconds(() => walk(kind, running.url))
  } finally {
    await running.close()
  }
  expect(await run(`${command} ${flags}`, app)).toContain('Everything is there. Nothing was changed.')
  times['the other ways'] = await seconds(async () => {
    await tryOwnBackend(kind, app)
    if (kind === 'react' || kind === 'vue') await tryWithoutRouter(kind, app)
  })
  const { setup = 0, install = 0, start: started = 0 } = times
  times['from the blank app to one that runs'] = setup + install + started
  console.log(
    `${kind}: ${Object.entries(times)
      .map(([name, time]) => `${name} ${time.toFixed(1)} s`)
      .join(', ')}`,
  )
})

const execOf = (kind: Kind): string => (managers[kind] === 'npm' ? 'npx' : 'pnpm exec')

/** The client of another backend compiles in the place of the one for bkend, and so do the forms and the test. */
async function tryOwnBackend(kind: Kind, app: string): Promise<void> {
  for (const path of await readdir(app, { recursive: true }))
    if (/^(?!.*node_modules).*\/(backend\.ts|auth\.test\.tsx?)$/.test(path)) await rm(join(app, path))
  const printed = await run(`${command} --yes --test --backend custom --url ${listening.url}`, app)
  expect(printed.match(/^wrote .*(backend\.ts|auth\.test\.tsx?)$/gm)).toHaveLength(2)
  await run(`${execOf(kind)} ${recipes[kind].types}`, app)
}

/** The blank app once more, with what was installed: no router, no role, and renewals in a worker. */
async function tryWithoutRouter(kind: Kind, app: string): Promise<void> {
  await rm(join(app, 'src'), { recursive: true })
  for (const path of ['src', 'package.json']) await cp(join(`${app}-blank`, path), join(app, path), { recursive: true })
  const flags = `--yes --router none --mode worker --guards "" --publishable-key pk_demo`
  expect(await run(`${command} ${flags}`, app)).toMatch(/wrote src\/auth\/Gate\.|wrote src\/auth\/gate\./)
  await run(`${managers[kind]} run build`, app)
  await run(`${execOf(kind)} ${recipes[kind].types}`, app)
}

async function walk(kind: Kind, url: string): Promise<void> {
  const context = await browser.newContext()
  const heard: string[] = []
  context.setDefaultTimeout(60_000)
  context.on('weberror', (error) => heard.push(String(error.error())))
  context.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`))
  const page = await context.newPage()
  try {
    await walkThrough(page, kind, url)
    expect(heard).toEqual([])
  } finally {
    await context.close()
  }
}

async function walkThrough(page: Page, kind: Kind, url: string): Promise<void> {
  const email = `${kind}@example.com`
  // the guarded page is closed, and leads to the sign-in page
  await page.goto(`${url}/account?tab=2`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(decodeURIComponent(page.url())).toBe(`${url}/sign-in?returnTo=/account?tab=2`)

  // sign up, and back to where the user wanted to be
  await page.getByRole('button', { name: 'Create one' }).click()
  await page.getByLabel('Name').fill('Ann')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('Correct-horse-1!')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByText(`Signed in as ${email}.`).waitFor()
  expect(page.url()).toBe(`${url}/account?tab=2`)

  // a reload stays signed in
  await page.reload()
  await page.getByText(`Signed in as ${email}.`).waitFor()

  // the sign-out leads to the sign-in page, and the guarded page is closed
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(page.url()).toBe(`${url}/sign-in`)
  await page.goto(`${url}/account`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(await page.getByText(email).count()).toBe(0)

  // a guard is open to the role that it names
  const { admin } = server.users
  await page.getByLabel('E-mail').fill(admin.email)
  await page.getByLabel('Password').fill(admin.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('You have the role admin.').waitFor()
  expect(await page.getByText('You have the role editor.').count()).toBe(0)
}
