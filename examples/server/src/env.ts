import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { User } from './accounts.ts'
import type { Device, Session } from './sessions.ts'

/** Who sends the request, as far as a good access token says. */
export interface Caller {
  readonly user: User
  readonly session: Session
}

export interface AppEnv {
  /** Empty when the app is called in process. */
  Bindings: Partial<HttpBindings>
  Variables: {
    caller: Caller
    /** Set by a fault that answers like a gateway. */
    withoutCors: boolean
  }
}

/** The address of the socket: no header that a client can write is believed. */
export function addressOf(c: Context<AppEnv>): string {
  return c.env?.incoming?.socket.remoteAddress ?? '127.0.0.1'
}

export function deviceOf(c: Context<AppEnv>): Device {
  return { userAgent: c.req.header('user-agent')?.slice(0, 300) ?? '', ipAddress: addressOf(c) }
}
