import type { Hono } from 'hono'
import { createApp } from './app.ts'
import { createControl, type Control } from './control.ts'
import { createEmulator } from './emulator.ts'
import type { AppEnv } from './env.ts'
import { listen, type Listening } from './listen.ts'
import { pageRoutes } from './page.ts'
import { controlRoutes } from './routes/control.ts'
import { USERS, type SeedName, type SeedUser } from './seed.ts'
import type { ServerOptions } from './settings.ts'

export type { Control, ControlledChanges, ControlledUser } from './control.ts'
export type { ErrorCode, ErrorShape } from './errors.ts'
export type { ActiveFault, Fault, FaultMatch, Phase } from './faults.ts'
export type { Listening } from './listen.ts'
export type { Mail } from './outbox.ts'
export type { SeedName, SeedUser } from './seed.ts'
export type { Limit, Limits, ProjectSettings, Provider, ServerOptions } from './settings.ts'
export type { SocialCode, SocialCodeRequest } from './social.ts'
export type { Stats, UserStats } from './stats.ts'

export interface ExampleServer {
  readonly app: Hono<AppEnv>
  /**
   * `fetch` without a network: any host will do. A dropped connection rejects with a TypeError, a redirect rejects
   * where the request says so, and an abort rejects at once while the server goes on. There is no CORS in process.
   */
  readonly fetch: (input: Request | URL | string, init?: RequestInit) => Promise<Response>
  /** Default: 8787 on 127.0.0.1. Port 0 takes any free one. */
  readonly listen: (port?: number, host?: string) => Promise<Listening>
  /** Works whether or not the control routes are served. */
  readonly control: Control
  readonly users: Readonly<Record<SeedName, SeedUser>>
  /** Lets go of the database. */
  readonly close: () => void
}

/**
 * The auth API of bkend.ai in one process, as strict as the real one.
 *
 * @example
 * const server = createServer({ control: true })
 * const { url, close } = await server.listen(0)
 * await fetch(`${url}/v1/data/posts`, { headers: { 'X-API-Key': 'pk_demo' } })
 * await close()
 */
export function createServer(options: ServerOptions = {}): ExampleServer {
  const emulator = createEmulator(options)
  const control = createControl(emulator)
  const hasControl = options.control ?? false
  const app = createApp({
    emulator,
    wait: options.wait ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))),
    controlRoutes: hasControl ? controlRoutes(control, emulator.settings) : null,
    page: pageRoutes(emulator.settings, hasControl),
  })
  return {
    app,
    control,
    users: USERS,
    fetch: (input, init) => fetchInProcess(app, new Request(input, init)),
    listen: (port = 8787, host = '127.0.0.1') => listen(app, port, host, options.reuseConnections ?? false),
    close: () => {
      emulator.faults.close()
      emulator.db.close()
    },
  }
}

async function fetchInProcess(app: Hono<AppEnv>, request: Request): Promise<Response> {
  const { signal, redirect } = request
  signal.throwIfAborted()
  let giveUp = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(signal.reason)
  })
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const response = await Promise.race([app.fetch(request, {}), aborted])
    const isRedirect = response.status >= 300 && response.status < 400
    if (isRedirect && redirect === 'error') throw new TypeError('The server redirected this request.')
    return response
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
