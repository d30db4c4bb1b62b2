import { SetupError } from './errors.ts'
import type { Kind, Project, Router } from './project.ts'

export type Backend = 'bkend' | 'custom'
export type Mode = 'page' | 'worker' | 'cookie'

/** The flags, as they were given. */
export interface Flags {
  readonly backend?: Backend
  readonly url?: string
  readonly publishableKey?: string
  readonly mode?: Mode
  readonly guards?: string
  readonly router?: Router
  readonly test?: boolean
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly install?: boolean
}

/** What is to be set up. */
export interface Answers {
  readonly backend: Backend
  /** Null: where bkend is by itself. */
  readonly url: string | null
  readonly publishableKey: string
  readonly mode: Mode
  readonly roles: readonly string[]
  readonly router: Router
  readonly hasTest: boolean
}

export interface Choice<T> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/** How the user is asked. Each rejects with a SetupError `'cancelled'` if the user leaves. */
export interface Prompter {
  readonly select: <T extends string>(message: string, choices: readonly Choice<T>[]) => Promise<T>
  readonly text: (message: string, options: TextOptions) => Promise<string>
  readonly confirm: (message: string, byDefault: boolean) => Promise<boolean>
}

export interface TextOptions {
  readonly byDefault?: string
  readonly placeholder?: string
  /** Why an answer cannot be taken; undefined if it can. */
  readonly validate: (value: string) => string | undefined
}

const routers: Readonly<Record<Kind, readonly Choice<Router>[]>> = {
  react: [
    {
      value: 'react-router',
      label: 'React Router',
      hint: 'pages with addresses, and a way back to the one that was wanted',
    },
    { value: 'none', label: 'No router', hint: 'the sign-in form stands in place of the app' },
  ],
  vue: [
    {
      value: 'vue-router',
      label: 'Vue Router',
      hint: 'pages with addresses, and a way back to the one that was wanted',
    },
    { value: 'none', label: 'No router', hint: 'the sign-in form stands in place of the app' },
  ],
  next: [],
  nuxt: [],
}

const modes: readonly Choice<Mode>[] = [
  { value: 'page', label: 'In the page', hint: 'tokens in IndexedDB, shared by all tabs' },
  { value: 'worker', label: 'In the page, renewed in a worker', hint: 'a page that closes loses no renewal' },
]

/**
 * What the flags say, and what the user answers to the rest.
 *
 * @param ask null if no question can be asked: then `--yes` takes what is usual
 * @throws SetupError `'missing-flag'`, `'invalid-flag'` or `'cancelled'`
 */
export async function readAnswers(project: Project, flags: Flags, ask: Prompter | null): Promise<Answers> {
  checkFlags(project, flags)
  if (!ask) checkWithoutQuestions(project, flags)
  const backend = flags.backend ?? (await ask?.select('Which backend has the accounts?', backends)) ?? 'bkend'
  const url = flags.url ?? (await ask?.text('Address of the backend', addressOf(backend))) ?? ''
  const known = flags.publishableKey ?? project.publishableKey
  const key = backend === 'bkend' ? (known ?? (await ask?.text('Publishable key', keyOptions))) : ''
  const roles = flags.guards ?? (await ask?.text('Roles that get a guard, with commas between them', roleOptions))
  return {
    backend,
    url: url === '' ? null : url.replace(/\/+$/, ''),
    publishableKey: key ?? '',
    mode: await chooseMode(project, flags, ask),
    roles: rolesOf(roles ?? 'admin'),
    router: await chooseRouter(project, flags, ask),
    hasTest: flags.test ?? (project.hasVitest || ((await ask?.confirm('Add Vitest and a first test?', true)) ?? false)),
  }
}

const backends: readonly Choice<Backend>[] = [
  { value: 'bkend', label: 'bkend.ai' },
  { value: 'custom', label: 'My own', hint: 'writes a client to complete' },
]

const addressOf = (backend: Backend): TextOptions => ({
  ...(backend === 'bkend' && { placeholder: "empty: bkend's own; the local server: http://127.0.0.1:8787" }),
  validate: (value) => (backend === 'bkend' && value === '' ? undefined : problemOfUrl(value)),
})

const keyOptions: TextOptions = { placeholder: 'pk_…', validate: problemOfKey }
const roleOptions: TextOptions = { byDefault: 'admin', validate: problemOfRoles }

async function chooseMode({ kind }: Project, { mode }: Flags, ask: Prompter | null): Promise<Mode> {
  if (kind === 'next' || kind === 'nuxt') return 'cookie'
  return mode ?? (await ask?.select('Where does the session live?', modes)) ?? 'page'
}

async function chooseRouter(project: Project, { router }: Flags, ask: Prompter | null): Promise<Router> {
  const [usual, ...others] = routers[project.kind]
  if (!usual) return 'none'
  if (project.router !== 'none') return project.router
  return router ?? (await ask?.select('Add a router?', [usual, ...others])) ?? usual.value
}

function checkWithoutQuestions(project: Project, { yes, dryRun, backend = 'bkend', url, publishableKey }: Flags): void {
  const missing = [
    !yes && !dryRun && '--yes',
    backend === 'bkend' && (publishableKey ?? project.publishableKey) === undefined && '--publishable-key',
    backend === 'custom' && url === undefined && '--url',
  ].filter((flag) => flag !== false)
  if (missing.length === 0) return
  const why = yes ? 'With --yes nothing is asked' : 'This is no terminal, so nothing can be asked'
  const example = missing.includes('--publishable-key')
    ? ' The key is on the page of your bkend project; the local server takes --url http://127.0.0.1:8787 --publishable-key pk_demo.'
    : ''
  throw new SetupError('missing-flag', `${why}: add ${missing.join(' and ')}.${example}`)
}

function checkFlags({ kind, router: own }: Project, { url, publishableKey, mode, guards, router }: Flags): void {
  const isServed = kind === 'next' || kind === 'nuxt'
  const problems = [
    problemOf('--url', url, problemOfUrl),
    problemOf('--publishable-key', publishableKey, problemOfKey),
    problemOf('--guards', guards, problemOfRoles),
    isServed && mode !== undefined && mode !== 'cookie'
      ? `--mode ${mode}: in Next and Nuxt the session lives in a cookie. Leave the flag out, or see docs/${kind}.md for an app without a server.`
      : undefined,
    !isServed && mode === 'cookie'
      ? '--mode cookie: an app of Vite alone has no server that could set a cookie. Take page or worker, or see docs/cookie.md.'
      : undefined,
    router !== undefined ? problemOfRouter(kind, own, router) : undefined,
  ]
  const problem = problems.find((words) => words !== undefined)
  if (problem !== undefined) throw new SetupError('invalid-flag', problem)
}

function problemOf(
  flag: string,
  value: string | undefined,
  check: (value: string) => string | undefined,
): string | undefined {
  const words = value === undefined ? undefined : check(value)
  return words === undefined ? undefined : `${flag}: ${words}`
}

function problemOfRouter(kind: Kind, own: Router, router: Router): string | undefined {
  const choices = routers[kind].map(({ value }) => value)
  if (choices.length === 0)
    return `--router ${router}: ${kind === 'next' ? 'Next' : 'Nuxt'} has its own router. Leave the flag out.`
  if (own !== 'none' && own !== router) return `--router ${router}: this app has ${own}. Leave the flag out.`
  return own === router || choices.includes(router)
    ? undefined
    : `--router ${router}: for this app it is ${choices.join(' or ')}.`
}

function problemOfUrl(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : null
  const isLocal = url !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return undefined
  return `Give an address that begins with https://, or with http:// on this machine.`
}

function problemOfKey(value: string): string | undefined {
  if (/^sk_/i.test(value))
    return 'This is a secret key, which must not get into a browser. Give the one that begins with pk_.'
  return /^[\w.-]+$/.test(value) ? undefined : 'Give the key that begins with pk_.'
}

function problemOfRoles(value: string): string | undefined {
  const wrong = rolesOf(value).find((role) => !/^[a-z][\w-]*$/i.test(role))
  return wrong === undefined ? undefined : `"${wrong}" is no role. Give names with commas between them: admin,editor`
}

const rolesOf = (value: string): readonly string[] => [
  ...new Set(
    value
      .split(',')
      .map((role) => role.trim())
      .filter(Boolean),
  ),
]
