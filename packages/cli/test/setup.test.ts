import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { Flags, Prompter } from '../src/setup/answers.ts'
import { setUp } from '../src/setup/setup.ts'

type Files = Readonly<Record<string, string>>

const manifest = (dependencies: object, more: object = {}): string =>
  `${JSON.stringify({ name: 'app', dependencies, ...more }, null, 2)}\n`

/** The files of the starters that setup looks at. */
const starters = {
  react: {
    'package.json': manifest({ react: '^19.3.1', 'react-dom': '^19.3.1' }, { devDependencies: { vite: '^8.3.4' } }),
    'tsconfig.json': '{}',
    'src/main.tsx': `import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './index.css'
import App from './App.tsx'

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
`,
  },
  vue: {
    'package.json': manifest({ vue: '^3.5.44' }, { devDependencies: { vite: '^8.3.4' } }),
    'tsconfig.json': '{}',
    'src/main.ts': `import { createApp } from 'vue'
import './style.css'
import App from './App.vue'

createApp(App).mount('#app')
`,
  },
  next: {
    'package.json': manifest({ next: '16.4.3', react: '19.3.0', 'react-dom': '19.3.0' }),
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
    '.gitignore': '.env*\n',
    'src/app/layout.tsx': `import type { Metadata } from "next";

export default function RootLayout({ children }: LayoutProps<"/">) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`,
  },
  nuxt: {
    'package.json': manifest({ nuxt: '^4.5.2', vue: '^3.5.45', 'vue-router': '^5.5.1' }),
    'tsconfig.json': '{}',
    '.gitignore': '.env\n',
    'nuxt.config.ts': `export default defineNuxtConfig({
  compatibilityDate: '2025-07-15',
  devtools: { enabled: true }
})
`,
    'app/app.vue': '<template>\n  <div>\n    <NuxtWelcome />\n  </div>\n</template>\n',
  },
} as const satisfies Record<string, Files>

type Kind = keyof typeof starters
const kinds = Object.keys(starters) as Kind[]

function makeApp(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'authchart-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  write(folder, files)
  return folder
}

function write(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** Every file of a folder, by its path. */
const filesIn = (folder: string): Files =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .sort()
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  )

const usual: Flags = { yes: true, publishableKey: 'pk_demo' }

interface Asked {
  /** What the user answers, by the beginning of the question. What is not named gets the usual answer. */
  readonly answers?: Readonly<Record<string, string | boolean>>
}

function scripted({ answers = {} }: Asked): Prompter & { readonly questions: string[] } {
  const questions: string[] = []
  const find = (message: string) => {
    questions.push(message)
    return Object.entries(answers).find(([begin]) => message.startsWith(begin))?.[1]
  }
  return {
    questions,
    select: async <T extends string>(message: string, choices: readonly { readonly value: T }[]) =>
      (find(message) ?? choices[0]?.value) as T,
    text: async (message, { byDefault = '' }) => String(find(message) ?? byDefault),
    confirm: async (message, byDefault) => Boolean(find(message) ?? byDefault),
  }
}

async function runSetup(folder: string, flags: Flags, ask: Prompter | null = null, isInstalled = true) {
  const said: string[] = []
  const ran: string[] = []
  const run = async (command: string) => ran.push(command) > 0 && isInstalled
  await setUp(folder, flags, { ask, say: (text) => said.push(text), run })
  return { said: said.join('\n'), ran }
}

test.each(kinds)('%s: the starter gets pages, a guard and its packages, and no other file is touched', async (kind) => {
  const folder = makeApp({ ...starters[kind], 'src/own.ts': 'mine' })
  const { said } = await runSetup(folder, { ...usual, test: true })
  const files = filesIn(folder)

  expect(said).not.toContain('is yours')
  expect(files['src/own.ts']).toBe('mine')
  const { dependencies, devDependencies } = JSON.parse(files['package.json'] ?? '')
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(['@authchart/core', 'xstate']))
  expect(devDependencies).toHaveProperty('vitest')
  const names = Object.keys(files).join('\n').toLowerCase()
  for (const part of ['guards.ts', 'backend.ts', 'account', 'sign-?in', 'auth.test', '.env.example'])
    expect(names).toMatch(new RegExp(part))
  const markers = Object.entries(files).filter(
    ([, text]) => /\{\{|\b__[A-Z]+__\b/.test(text) && !text.includes('<template>'),
  )
  expect(markers).toEqual([])
})

test.each(kinds)('%s: a second run says that everything is there, and changes nothing', async (kind) => {
  const folder = makeApp(starters[kind])
  await runSetup(folder, { ...usual, test: true })
  const before = filesIn(folder)

  const { said, ran } = await runSetup(folder, { yes: true })
  expect(said).toContain('Everything is there. Nothing was changed.')
  expect(filesIn(folder)).toEqual(before)
  expect(ran).toEqual([])
})

test.each(kinds)('%s: a dry run prints every file and change, and writes nothing', async (kind) => {
  const folder = makeApp(starters[kind])
  const { said } = await runSetup(folder, { publishableKey: 'pk_demo', dryRun: true })

  expect(said).toContain('Nothing was written')
  expect(said).toMatch(/^\+.*@authchart\/core/m)
  expect(said).toContain('guards.ts')
  expect(filesIn(folder)).toEqual(starters[kind])
})

test.each(kinds)(
  '%s: entry files that the user has changed are left, and the lines to add are printed',
  async (kind) => {
    const entries = Object.keys(starters[kind]).filter((path) => /main|layout|nuxt\.config|app\.vue/.test(path))
    const own = Object.fromEntries(entries.map((path) => [path, '// all of this is mine\n']))
    const folder = makeApp({ ...starters[kind], ...own })
    const { said } = await runSetup(folder, usual)

    for (const path of entries) {
      expect(said).toContain(`${path} is yours and was left as it is. Add to it:`)
      expect(filesIn(folder)[path]).toBe('// all of this is mine\n')
    }
  },
)

test('a file of the user under a name that setup wants is never overwritten with --yes', async () => {
  const folder = makeApp({ ...starters.react, 'src/auth/auth.ts': '// mine\n', '.env.local': 'OTHER=1\n' })
  const { said } = await runSetup(folder, usual)

  expect(filesIn(folder)).toMatchObject({ 'src/auth/auth.ts': '// mine\n', '.env.local': 'OTHER=1\n' })
  expect(said).toContain('left src/auth/auth.ts')
  expect(said).toContain('VITE_AUTH_KEY=pk_demo')
})

test('in a terminal each change is shown as a diff and asked for, and a no leaves the file', async () => {
  const folder = makeApp({ ...starters.react, 'src/auth/auth.ts': '// mine\n' })
  const ask = scripted({ answers: { 'Publishable key': 'pk_demo', 'Change src/main.tsx': false } })
  const { said } = await runSetup(folder, {}, ask)

  expect(ask.questions).toEqual(expect.arrayContaining(['Replace src/auth/auth.ts?', 'Change src/main.tsx?']))
  expect(said).toContain('-// mine')
  expect(said).toContain('+    <AuthProvider auth={auth}>')
  expect(filesIn(folder)).toMatchObject({
    ...starters.react,
    'package.json': expect.anything(),
    'src/auth/auth.ts': '// mine\n',
  })
})

test('in a terminal a file of the user is replaced after a yes', async () => {
  const folder = makeApp({ ...starters.react, 'src/auth/auth.ts': '// mine\n' })
  await runSetup(folder, {}, scripted({ answers: { 'Publishable key': 'pk_demo', 'Replace src/auth/auth.ts': true } }))

  expect(filesIn(folder)['src/auth/auth.ts']).toContain('createAuth')
})

test('a user who says no to the new files has changed nothing', async () => {
  const folder = makeApp(starters.vue)
  const ask = scripted({ answers: { 'Publishable key': 'pk_demo', Write: false } })

  await expect(runSetup(folder, {}, ask)).rejects.toMatchObject({ code: 'cancelled' })
  expect(filesIn(folder)).toEqual(starters.vue)
})

test('questions are asked only for what no flag says', async () => {
  const folder = makeApp(starters.react)
  const ask = scripted({})
  const flags: Flags = {
    backend: 'bkend',
    url: 'https://api.example',
    publishableKey: 'pk_1',
    mode: 'page',
    guards: 'admin',
    router: 'none',
    test: false,
    install: false,
  }
  await runSetup(folder, flags, ask)

  expect(ask.questions.filter((question) => !/^(Write|Change)/.test(question))).toEqual([])
})

const flagCases: readonly (readonly [
  name: string,
  kind: Kind,
  flags: Flags,
  expected: Readonly<Record<string, RegExp>>,
])[] = [
  [
    '--url',
    'react',
    { url: 'http://127.0.0.1:8787/' },
    { '.env.local': /^VITE_AUTH_SERVER=http:\/\/127\.0\.0\.1:8787$/m },
  ],
  ['--publishable-key', 'next', { publishableKey: 'pk_9' }, { '.env.local': /^AUTH_KEY=pk_9$/m }],
  [
    '--backend custom',
    'vue',
    { backend: 'custom', url: 'https://api.example' },
    { 'src/auth/backend.ts': /AuthClient<User, Credentials>/ },
  ],
  [
    '--mode worker',
    'react',
    { mode: 'worker' },
    { 'src/auth/auth.ts': /workerCustody/, 'src/auth/auth-worker.ts': /serveCustody/ },
  ],
  [
    '--guards',
    'nuxt',
    { guards: 'content-editor, admin' },
    {
      'app/auth/guards.ts':
        /Role = 'content-editor' \| 'admin' \| 'user'[\s\S]*isContentEditor: hasRole\('content-editor'\)/,
    },
  ],
  [
    '--guards with no role',
    'react',
    { guards: '' },
    { 'src/auth/guards.ts': /guards = \{\}/, 'src/auth/profile.tsx': /import \{ Protected, useRequiredUser \}/ },
  ],
  ['--router none', 'react', { router: 'none' }, { 'src/main.tsx': /<Gate>\n\s*<App \/>/ }],
  ['--router none', 'vue', { router: 'none' }, { 'src/main.ts': /createApp\(Gate\)/ }],
  [
    '--mode cookie',
    'next',
    { mode: 'cookie' },
    { 'src/auth/session.ts': /createAuthHandler/, '.env.local': /^AUTH_SECRET=.{44}$/m },
  ],
]

test.each(flagCases)('%s is what the files of %s show', async (_, kind, flags, expected) => {
  const folder = makeApp(starters[kind])
  await runSetup(folder, { ...usual, ...flags })
  const files = filesIn(folder)
  for (const [path, words] of Object.entries(expected)) expect(files[path]).toMatch(words)
})

test('--test adds Vitest, and --no-test writes no test where Vitest is there', async () => {
  const without = makeApp(starters.react)
  await runSetup(without, usual)
  expect(Object.keys(filesIn(without))).not.toContain('src/auth/auth.test.tsx')

  const having = makeApp({
    ...starters.react,
    'package.json': manifest({ react: '19', 'react-dom': '19', vite: '8', vitest: '5' }),
  })
  await runSetup(having, { ...usual, test: false })
  expect(Object.keys(filesIn(having))).not.toContain('src/auth/auth.test.tsx')
})

test('Vitest is taken in the version that npm installs beside the types of Node that the app has', async () => {
  const types = { devDependencies: { '@types/node': '^20' } }
  const folder = makeApp({ ...starters.next, 'package.json': manifest({ next: '16.4.3' }, types) })
  await runSetup(folder, { ...usual, test: true })
  expect(JSON.parse(filesIn(folder)['package.json'] ?? '').devDependencies.vitest).toBe('^4.1.0')
})

test.each([
  ['npm', {}],
  ['pnpm', { 'pnpm-lock.yaml': '' }],
  ['yarn', { 'yarn.lock': '' }],
  ['bun', { 'bun.lock': '' }],
  [
    'pnpm',
    {
      'package.json': manifest({ react: '19', 'react-dom': '19', vite: '8' }, { packageManager: 'pnpm@12.0.0' }),
      'package-lock.json': '',
    },
  ],
])('the install command is that of %s where its files are', async (manager, files) => {
  const folder = makeApp({ ...starters.react, ...files })
  expect((await runSetup(folder, usual)).said).toContain(
    `Now run: ${manager} install\nThen run: ${manager} run dev, and open /account`,
  )
  rmSync(join(folder, 'src'), { recursive: true })
  write(folder, { ...starters.react, ...files })
  expect((await runSetup(folder, { ...usual, install: true })).ran).toEqual([`${manager} install`])
})

test('an install that fails is said, and the files stay', async () => {
  const folder = makeApp(starters.react)
  await expect(runSetup(folder, { ...usual, install: true }, null, false)).rejects.toMatchObject({
    code: 'not-installed',
  })
  expect(filesIn(folder)).toHaveProperty('src/auth/auth.ts')
})

test('an app with React Router gets the pages and the lines for its own router', async () => {
  const dependencies = { react: '19', 'react-dom': '19', vite: '8', 'react-router': '^8.0.0' }
  const folder = makeApp({ ...starters.react, 'package.json': manifest(dependencies), 'src/main.tsx': '// mine\n' })
  const { said } = await runSetup(folder, usual)

  expect(said).toContain('guard.follow(router)')
  expect(Object.keys(filesIn(folder))).toContain('src/auth/routes.tsx')
  expect(Object.keys(filesIn(folder))).not.toContain('src/router.tsx')
})

test('an app with TanStack Router gets the guard and the lines for its routes', async () => {
  const dependencies = { react: '19', 'react-dom': '19', vite: '8', '@tanstack/react-router': '^1.170.0' }
  const folder = makeApp({ ...starters.react, 'package.json': manifest(dependencies), 'src/main.tsx': '// mine\n' })
  const { said } = await runSetup(folder, usual)

  expect(said).toContain('beforeLoad: guard.requireUser()')
  expect(filesIn(folder)['src/auth/routes.ts']).toContain('@authchart/react/tanstack-router')
})

test('a Next app without src and without an alias gets relative imports', async () => {
  const { 'src/app/layout.tsx': layout, ...rest } = starters.next
  const folder = makeApp({ ...rest, 'tsconfig.json': '{}', 'app/layout.tsx': layout })
  await runSetup(folder, usual)
  const files = filesIn(folder)

  expect(files['app/layout.tsx']).toContain(`import { WithSession } from "../auth/with-session";`)
  expect(files['app/auth/[operation]/route.ts']).toContain(`from '../../../auth/session'`)
  expect(files['proxy.ts']).toContain(`from './auth/session'`)
})

test.each([
  ['without a .gitignore', {}, '.env.local\n'],
  ['with one that ignores something else', { '.gitignore': 'node_modules' }, 'node_modules\n.env.local\n'],
])('an app %s gets one by which git leaves the secret alone', async (_, own: Files, ignored) => {
  const { '.gitignore': before, ...starter } = starters.next as Files
  expect(before).toBe('.env*\n')
  const folder = makeApp({ ...starter, ...own })
  await runSetup(folder, usual)
  expect(filesIn(folder)['.gitignore']).toBe(ignored)
})

test('the secret is never printed, in a dry run neither', async () => {
  const folder = makeApp(starters.next)
  const { said } = await runSetup(folder, { ...usual, dryRun: true })
  expect(said).toContain('+AUTH_SECRET=…\n')
  expect(said).not.toMatch(/AUTH_SECRET=[\w+/]/)

  const written = await runSetup(folder, usual)
  const [, secret = ''] = /^AUTH_SECRET=(.{44})$/m.exec(filesIn(folder)['.env.local'] ?? '') ?? []
  expect(secret).not.toBe('')
  expect(written.said).not.toContain(secret)
})

const refusals: readonly (readonly [name: string, files: Files, flags: Flags, code: string, words: string])[] = [
  ['no package.json', {}, usual, 'no-package', 'There is no package.json in'],
  ['a package.json that is no JSON', { 'package.json': '{' }, usual, 'no-package', 'cannot be read as JSON'],
  [
    'an unknown framework',
    { 'package.json': manifest({ svelte: '5' }) },
    usual,
    'unknown-framework',
    'React with Vite, Vue with Vite, Next.js (App Router) and Nuxt 4',
  ],
  [
    'an app without TypeScript',
    { 'package.json': starters.react['package.json'] },
    usual,
    'not-supported',
    'There is no tsconfig.json',
  ],
  [
    'React 18',
    { ...starters.react, 'package.json': manifest({ react: '^18.3.1', 'react-dom': '^18.3.1', vite: '8' }) },
    usual,
    'not-supported',
    'needs react 19',
  ],
  [
    'Nuxt 3',
    { ...starters.nuxt, 'package.json': manifest({ nuxt: '^3.20.0' }) },
    usual,
    'not-supported',
    'needs nuxt 4',
  ],
  [
    'the Pages Router',
    { 'package.json': starters.next['package.json'], 'tsconfig.json': '{}' },
    usual,
    'not-supported',
    'App Router',
  ],
  ['no terminal and no flags', starters.react, {}, 'missing-flag', 'add --yes and --publishable-key.'],
  ['no terminal and no --yes', starters.react, { publishableKey: 'pk_1' }, 'missing-flag', 'add --yes.'],
  ['--yes without a key', starters.react, { yes: true }, 'missing-flag', 'add --publishable-key.'],
  [
    'a backend of its own without --url',
    starters.react,
    { yes: true, backend: 'custom' },
    'missing-flag',
    'add --url.',
  ],
  ['an address that is none', starters.react, { ...usual, url: 'api' }, 'invalid-flag', '--url: Give an address'],
  [
    'http on another machine',
    starters.react,
    { ...usual, url: 'http://api.example' },
    'invalid-flag',
    '--url: Give an address',
  ],
  ['a secret key', starters.react, { yes: true, publishableKey: 'sk_1' }, 'invalid-flag', 'secret key'],
  [
    'a role that is no name',
    starters.react,
    { ...usual, guards: "a'b" },
    'invalid-flag',
    '--guards: "a\'b" is no role',
  ],
  [
    'a cookie without a server',
    starters.vue,
    { ...usual, mode: 'cookie' },
    'invalid-flag',
    'has no server that could set a cookie',
  ],
  ['tokens in the page of Next', starters.next, { ...usual, mode: 'page' }, 'invalid-flag', 'lives in a cookie'],
  ['a router for Nuxt', starters.nuxt, { ...usual, router: 'vue-router' }, 'invalid-flag', 'has its own router'],
  [
    'the router of another framework',
    starters.vue,
    { ...usual, router: 'react-router' },
    'invalid-flag',
    'for this app it is vue-router or none',
  ],
]

test.each(refusals)('%s is refused in a sentence, and nothing is changed', async (_, files, flags, code, words) => {
  const folder = makeApp(files)
  const refused = runSetup(folder, flags)
  await expect(refused).rejects.toMatchObject({ name: 'Problem', code })
  await expect(refused).rejects.toThrow(words)
  expect(filesIn(folder)).toEqual(files)
})

test('a file that cannot be written undoes all that was written before it', async () => {
  // a file stands where a folder has to be: `src/pages` comes after `src/auth`
  const files = { ...starters.react, 'src/pages': 'a file' }
  const folder = makeApp(files)
  await expect(runSetup(folder, usual)).rejects.toMatchObject({ code: 'not-written' })
  expect(filesIn(folder)).toEqual(files)
})

test('the command says in one sentence what is missing, and ends with 1', () => {
  const folder = makeApp(starters.react)
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const { status, stderr, stdout } = spawnSync(process.execPath, [main, 'setup', folder], { encoding: 'utf8' })

  expect(status).toBe(1)
  expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^authchart: .*add --yes and --publishable-key\. /)])
  expect(stdout).toBe('React with Vite, npm\n')
  expect(filesIn(folder)).toEqual(starters.react)
})
