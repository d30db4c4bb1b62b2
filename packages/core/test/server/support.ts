import { AuthError } from '@authchart/core'
import type { AuthClient, Grant } from '@authchart/core'
import { createAuthHandler } from '@authchart/core/server'
import type { AuthHandler, AuthHandlerEvent } from '@authchart/core/server'

export interface User {
  readonly id: string
  readonly role: string
}

export interface Password {
  readonly email: string
  readonly password: string
}

export const SECRET = 'a secret of at least thirty-two characters'
export const APP = 'https://app.example'
export const ada: Password = { email: 'ada@example.com', password: 'canary-password' }

/** A server that takes a refresh token once, and ends all the user's sessions if it is shown again. */
export function strictUpstream(options: Partial<AuthClient<User, Password>> = {}) {
  const sessions = new Map<string, { refreshToken: string; accessToken: string }>()
  const log: string[] = []
  let count = 0
  let replays = 0

  const issue = (id: string): Grant<User> => {
    count += 1
    const tokens = { accessToken: `canary-access-${count}`, refreshToken: `canary-refresh-${count}` }
    sessions.set(id, tokens)
    return { ...tokens, expiresIn: 3600 }
  }
  const holder = (accessToken: string | null): string => {
    for (const [id, tokens] of sessions) if (tokens.accessToken === accessToken) return id
    throw new AuthError('session-expired', { status: 401 })
  }

  const client: AuthClient<User, Password> = {
    replay: 'forbidden',
    async signIn({ password }) {
      log.push('signIn')
      if (password !== ada.password) throw new AuthError('invalid-credentials', { status: 401 })
      return issue(`s${count + 1}`)
    },
    async refresh({ refreshToken }) {
      log.push('refresh')
      for (const [id, tokens] of sessions) if (tokens.refreshToken === refreshToken) return issue(id)
      replays += 1
      sessions.clear()
      throw new AuthError('session-expired', { status: 401 })
    },
    async getUser({ accessToken }) {
      log.push('getUser')
      holder(accessToken)
      return { id: 'ada', role: 'admin' }
    },
    async signOut({ accessToken }) {
      log.push('signOut')
      sessions.delete(holder(accessToken))
    },
    ...options,
  }
  return { client, log, sessions, replays: () => replays }
}

/** A clock that moves when it is told. */
export function steppedClock(start = 1_800_000_000_000) {
  let time = start
  return {
    now: () => time,
    monotonic: () => time,
    setTimeout: (): unknown => null,
    clearTimeout: (): void => {},
    advance: (milliseconds: number): void => void (time += milliseconds),
  }
}

type Options = Partial<Parameters<typeof createAuthHandler<User, Password>>[0]>

export function handlerOf(upstream: AuthClient<User, Password>, options: Options = {}) {
  const events: AuthHandlerEvent[] = []
  const handler = createAuthHandler<User, Password>({
    upstream,
    secrets: [SECRET],
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { handler, events }
}

/** A browser with one page of the app: it keeps cookies as a browser does, and says where a request comes from. */
export function browserAt(handler: AuthHandler, app = APP) {
  const cookies = new Map<string, string>()
  const setCookies: string[] = []

  function keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      setCookies.push(line)
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (/Max-Age=0(;|$)/.test(line)) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }

  const header = (): string => Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ')
  const requestOf = (input: string, init: RequestInit = {}): Request =>
    new Request(new URL(input, app), {
      ...init,
      headers: {
        'sec-fetch-site': 'same-origin',
        origin: app,
        ...Object.fromEntries(new Headers(init.headers)),
        ...(cookies.size > 0 && { cookie: header() }),
      },
    })

  async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const response = await handler(requestOf(String(input), init))
    keep(response)
    return response
  }

  return {
    cookies,
    setCookies,
    requestOf,
    keep,
    fetch: fetch as typeof globalThis.fetch,
    /** As the page calls it. */
    async call(operation: string, body: object = {}) {
      const response = await fetch(`/auth/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-authchart': '1' },
        body: JSON.stringify(body),
      })
      const text = await response.text()
      return { status: response.status, body: JSON.parse(text) as Answer, text, response }
    },
  }
}

export interface Answer {
  readonly session?: {
    readonly id: string
    readonly generation: number
    readonly user: User
    readonly accessToken?: string
  }
  readonly ended?: { readonly id: string; readonly reason: string; readonly user: User }
  readonly error?: { readonly code: string }
  readonly challenge?: { readonly kind: string; readonly handle: string }
  readonly user?: User
}
