import { createServer, type ExampleServer, type Mail, type SeedUser, type ServerOptions } from '../src/index.ts'

export type DialectName = 'current' | 'early'

/** How a test speaks each dialect, written down by hand. */
export const DIALECTS = {
  current: {
    base: '/v1',
    project: { 'X-API-Key': 'pk_demo' },
    method: { method: 'password' },
    refresh: 'refreshToken',
  },
  early: { base: '/early/v1', project: { 'x-project-id': 'demo' }, method: {}, refresh: 'refresh_token' },
} as const

export const START = Date.UTC(2026, 0, 15, 12)
const ORIGIN = 'http://server.test'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown
}

interface CallOptions {
  readonly body?: unknown
  readonly token?: string
  readonly headers?: Record<string, string>
}

export interface Pair {
  readonly access: string
  readonly refresh: string
}

export interface World {
  readonly server: ExampleServer
  readonly users: ExampleServer['users']
  readonly control: ExampleServer['control']
  /** Lets that many seconds pass. */
  readonly pass: (seconds: number) => void
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>
  /** To a path as it is, with no project header. */
  readonly raw: (method: string, path: string, options?: CallOptions) => Promise<Answer>
  readonly signIn: (user: SeedUser, extra?: object) => Promise<Pair>
  readonly refresh: (token: string) => Promise<Answer>
  readonly lastMail: () => Mail
}

export function createWorld(options: ServerOptions = {}, name: DialectName = 'current'): World {
  let now = START
  const server = createServer({ now: () => now, ...options })
  const dialect = DIALECTS[name]

  async function raw(method: string, path: string, { body, token, headers = {} }: CallOptions = {}): Promise<Answer> {
    const response = await server.fetch(`${ORIGIN}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : isJson ? JSON.parse(text) : text,
    }
  }

  const call: World['call'] = (method, path, callOptions = {}) =>
    raw(method, dialect.base + path, { ...callOptions, headers: { ...dialect.project, ...callOptions.headers } })

  return {
    server,
    users: server.users,
    control: server.control,
    pass: (seconds) => {
      now += seconds * 1000
    },
    raw,
    call,
    signIn: async ({ email, password }, extra = {}) => {
      const answer = await call('POST', '/auth/email/signin', {
        body: { ...dialect.method, email, password, ...extra },
      })
      if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status} ${JSON.stringify(answer.body)}`)
      return pairOf(answer)
    },
    refresh: (token) => call('POST', '/auth/refresh', { body: { [dialect.refresh]: token } }),
    lastMail: () => {
      const mail = server.control.outbox().at(-1)
      if (!mail) throw new Error('No mail was sent')
      return mail
    },
  }
}

export function pairOf({ body }: Answer): Pair {
  const tokens = body as Record<string, string>
  const access = tokens['accessToken'] ?? tokens['access_token']
  const refresh = tokens['refreshToken'] ?? tokens['refresh_token']
  if (!access || !refresh) throw new Error('No tokens in the answer')
  return { access, refresh }
}

function codeOf({ body }: Answer): string | undefined {
  return (body as { error?: { code?: string } } | undefined)?.error?.code
}

export function outcome(answer: Answer): readonly [number, string | undefined] {
  return [answer.status, codeOf(answer)]
}
