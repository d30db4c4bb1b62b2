/** A tab in a world that does what it is told, for the tests of the core. */
import {
  AuthError,
  createAuth,
  type Auth,
  type AuthOptions,
  type AuthStorage,
  type StoredRecord,
} from '@authchart/core'
import {
  drain,
  fakeBrowser,
  fakeClock,
  fakeNetwork,
  scriptedClient,
  type FakeBrowser,
  type FakeClock,
  type ScriptedClient,
} from '@authchart/core/testing'

export { drain, fakeBrowser, fakeClock, fakeNetwork, scriptedClient }

export interface User {
  readonly id: string
  readonly name: string
  readonly role: string
}
export interface Credentials {
  readonly email: string
  readonly password: string
}

export const ann: User = { id: 'u1', name: 'Ann', role: 'editor' }
export const bob: User = { id: 'u2', name: 'Bob', role: 'member' }
export const annsPassword: Credentials = { email: 'ann@example.test', password: 'correct horse' }
export const bobsPassword: Credentials = { email: 'bob@example.test', password: 'battery staple' }

export const SECOND = 1000
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

/** With `random` at one half, an access token of one hour is renewed after 33 minutes: this is a moment later. */
export const DUE = 33 * MINUTE + SECOND

export const KEY = 'authchart:https://api.test'

export const guards = {
  isEditor: ({ user }: { user: User }): boolean => user.role === 'editor',
  owns: ({ user }: { user: User }, id: string): boolean => user.id === id,
}

export interface Grant {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
  readonly user?: User
}

export const grant = (n: number, user: User | null = ann, expiresIn = 3600): Grant => ({
  accessToken: `access-${n}`,
  refreshToken: `refresh-${n}`,
  expiresIn,
  ...(user && { user }),
})

/** What arrived at the app's server through `auth.fetch`. */
export interface Arrived {
  readonly url: string
  readonly method: string
  readonly token: string | null
  readonly headers: Headers
  readonly redirect: RequestRedirect
  readonly body: string
}

/** The app's server: answers 200 at once, unless it was told something else. */
export function createServer() {
  const arrived: Arrived[] = []
  const waiting: ((status: number) => void)[] = []
  const server = {
    arrived,
    /** The status for a request; null: it waits for `answer`. */
    decide: (_request: Arrived): number | null => 200,
    tokens: () => arrived.map(({ token }) => token),
    answer(status: number): void {
      const next = waiting.shift()
      if (!next) throw new Error('No request waits for an answer')
      next(status)
    },
    waiting: () => waiting.length,
    async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
      const request = new Request(input, init)
      const { url, method, headers, redirect } = request
      const token = headers.get('authorization')?.replace('Bearer ', '') ?? null
      const own: Arrived = { url, method, token, headers, redirect, body: await request.text() }
      arrived.push(own)
      const status = server.decide(own) ?? (await new Promise<number>((resolve) => waiting.push(resolve)))
      return new Response(`${method} ${status}`, { status })
    },
  }
  return server
}

type Own = Omit<AuthOptions<User, Credentials, typeof guards>, 'client' | 'clock'>

export type Options = { readonly [K in keyof Own]?: Own[K] | undefined } & {
  readonly client?: ScriptedClient<User, Credentials>
  readonly clock?: FakeClock
  /** Methods the client does not have. */
  readonly without?: readonly ('signUp' | 'answerChallenge' | 'refresh' | 'getUser' | 'signOut')[]
}

/** Opens a tab. Nothing is started yet. */
export function openTab(
  { client = scriptedClient<User, Credentials>(), without = [], ...options }: Options = {},
  browser: FakeBrowser = fakeBrowser(),
  clock: FakeClock = options.clock ?? fakeClock(),
) {
  const tab = browser.openTab()
  for (const method of without) Object.assign(client, { [method]: undefined })
  const network = fakeNetwork()
  const server = createServer()
  const warnings: string[] = []
  const auth: Auth<User, Credentials, typeof guards> = createAuth<User, Credentials, typeof guards>({
    client,
    clock,
    network,
    storage: tab.storage,
    tabs: tab.tabs,
    random: () => 0.5,
    guards,
    fetch: server.fetch,
    onWarning: ({ code }) => void warnings.push(code),
    // undefined is as good as not given
    ...(options as Partial<Own>),
  })
  return {
    auth,
    browser,
    clock,
    client,
    network,
    server,
    tab,
    warnings,
    /** Signs in, with the tokens of that number. */
    async signIn(user: User = ann, n = 1, more: object = {}): Promise<void> {
      const signedIn = auth.signIn(user.id === bob.id ? bobsPassword : annsPassword)
      await drain()
      client.next('signIn').answer({ ...grant(n, user), ...more })
      await signedIn
      await drain()
    },
    /** Starts it and lets it find what is stored. */
    async boot(): Promise<void> {
      auth.subscribe(() => {})
      await drain()
    },
    stored: () => browser.read(KEY) as Promise<StoredRecord | null>,
    status: () => auth.getState().status,
  }
}

/** The server's word that it did not process a request: the status is the evidence, whatever the code claims. */
export const busy = (): AuthError => new AuthError('unavailable', { status: 503 })

export type Tab = ReturnType<typeof openTab>

/** A tab whose renewal has been sent. */
export async function refreshing(options: Options = {}): Promise<Tab> {
  const tab = openTab(options)
  await tab.signIn()
  tab.clock.advance(DUE)
  await drain()
  return tab
}

/** Of a server that takes a used refresh token again. */
export const tolerantClient = (): ScriptedClient<User, Credentials> =>
  Object.assign(scriptedClient<User, Credentials>(), { replay: 'tolerated' as const })

/** A browser in which a user signed in and closed the page. */
export async function browserWithSession(user: User = ann, clock: FakeClock = fakeClock()): Promise<FakeBrowser> {
  const browser = fakeBrowser()
  const first = openTab({}, browser, clock)
  await first.signIn(user)
  first.auth.destroy()
  await drain()
  return browser
}

/** A browser whose only tab died after it had sent its refresh token, and before the answer. */
export async function browserWithSpend(): Promise<FakeBrowser> {
  const browser = await browserWithSession()
  const dead = openTab({}, browser)
  await dead.boot()
  void dead.auth.refresh().catch(() => {})
  await drain()
  dead.tab.kill()
  return browser
}

/** How a promise stands: `pending`, `resolved`, the code of its AuthError, or what else it rejected with. */
export function watch<T>(promise: Promise<T>) {
  const seen: { now: string; value: T | undefined; error: unknown } = { now: 'pending', value: undefined, error: null }
  promise.then(
    (value) => {
      seen.now = 'resolved'
      seen.value = value
    },
    (error: unknown) => {
      seen.now = error instanceof AuthError ? error.code : `not an AuthError: ${String(error)}`
      seen.error = error
    },
  )
  return seen
}

export const watchAll = (promises: readonly Promise<unknown>[]) => promises.map((promise) => watch(promise))

/** A storage whose operations can be made to wait or fail. Lives on when a page is closed. */
export function createDisk() {
  const records = new Map<string, unknown>()
  const words = new Map<string, unknown>()
  const revisionOf = (value: unknown): string | null => {
    const { version, revision } = Object(value) as { version?: unknown; revision?: unknown }
    return version === 1 && typeof revision === 'string' && revision !== '' ? revision : null
  }
  const disk = {
    records,
    /** What stands beside them. */
    words,
    /** Runs before each operation; may throw or wait. */
    before: async (_operation: 'read' | 'write' | 'remove'): Promise<void> => {},
    log: [] as string[],
    get record(): Record<string, unknown> | null {
      return (records.get(KEY) ?? null) as Record<string, unknown> | null
    },
    storage: {
      scope: 'shared',
      async read(key) {
        disk.log.push('read')
        await disk.before('read')
        return structuredClone(records.get(key) ?? null)
      },
      async compareAndSet(key, expected, next) {
        const operation = next ? 'write' : 'remove'
        disk.log.push(operation)
        await disk.before(operation)
        const stored = records.get(key)
        if (Number((stored as { version?: unknown } | undefined)?.version) > 1) return false
        if (revisionOf(stored) !== expected) return false
        if (next) records.set(key, structuredClone(next))
        else records.delete(key)
        return true
      },
      twin: {
        read: (key) => structuredClone(words.get(key)),
        write: (key, value) => void words.set(key, structuredClone(value)),
      },
    } satisfies AuthStorage as AuthStorage,
  }
  return disk
}

/** As `drain`, and for bodies, which the platform reads in turns of its own. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await drain()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export const never = <T>(): Promise<T> => new Promise<T>(() => {})

/** Everything that was not caught while `run` ran, or in a timer without a delay that it set. */
export async function uncaughtDuring(run: () => Promise<void> | void): Promise<unknown[]> {
  const seen: unknown[] = []
  const note = (error: unknown): void => void seen.push(error)
  const { setTimeout } = globalThis
  const fired: Promise<void>[] = []
  const watched = (callback: () => void, milliseconds?: number): unknown => {
    if (milliseconds) return setTimeout(callback, milliseconds)
    const { promise, resolve } = latch()
    fired.push(promise)
    return setTimeout(() => {
      resolve()
      callback()
    })
  }
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
  globalThis.setTimeout = watched as typeof setTimeout
  try {
    await run()
    await drain()
    await Promise.all(fired)
    await drain()
  } finally {
    globalThis.setTimeout = setTimeout
    process.off('unhandledRejection', note)
    process.off('uncaughtException', note)
  }
  return seen
}

function latch(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
