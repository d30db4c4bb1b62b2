import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode, RedirectStatusCode } from 'hono/utils/http-status'
import type { AppEnv } from './env.ts'
import { ApiError, errorBody, isErrorCode } from './errors.ts'
import type { Fault, Faults, Hit, Phase } from './faults.ts'
import type { Settings } from './settings.ts'

/** No answer at all: the listener cuts the connection, `fetch` in process rejects like a network failure. */
export class ConnectionDropped extends TypeError {
  override readonly name = 'ConnectionDropped'
  constructor() {
    super('The connection was dropped by a fault.')
  }
}

export interface InjectDeps {
  readonly faults: Faults
  readonly settings: Settings
  readonly wait: (milliseconds: number) => Promise<void>
}

/** Carries the faults out around everything that is not a control route. */
export function injectFaults({ faults, settings, wait }: InjectDeps): MiddlewareHandler<AppEnv> {
  async function meet(c: Context<AppEnv>, phase: Phase): Promise<Response | null> {
    for (const hit of faults.take(phase, c.req.method, c.req.path)) {
      const answer = await carryOut(c, hit)
      if (answer) return answer
    }
    return null
  }

  async function carryOut(c: Context<AppEnv>, { fault, over }: Hit): Promise<Response | null> {
    if (fault.cors === false) c.set('withoutCors', true)
    switch (fault.kind) {
      case 'drop-next':
        throw new ConnectionDropped()
      case 'slow':
        await wait(fault.delay)
        return null
      case 'hold':
        if ((await over) === 'closed') throw new ConnectionDropped()
        return null
      case 'status':
        return errorAnswer(c, fault)
      case 'html':
        return c.html('<!doctype html><title>Welcome</title><h1>Sign in to this network</h1>', okOr(fault.status))
      case 'empty':
        return c.body(null, 204)
      case 'truncate': {
        const text = await c.res.text()
        return new Response(text.slice(0, Math.floor(text.length / 2)), c.res)
      }
      case 'redirect':
        return c.redirect(fault.location, (fault.status ?? 307) as RedirectStatusCode)
    }
  }

  function errorAnswer(c: Context<AppEnv>, fault: Fault & { kind: 'status' }): Response {
    const known = fault.code !== undefined && isErrorCode(fault.code) ? new ApiError(fault.code) : null
    const status = fault.status ?? known?.status ?? 503
    const code = fault.code ?? (status === 429 ? 'auth/too-many-requests' : 'INTERNAL_ERROR')
    if (fault.retryAfter !== undefined) c.header('Retry-After', String(fault.retryAfter))
    return c.json(
      errorBody(settings.errorShape, code, known?.message ?? 'Injected by a fault.'),
      status as ContentfulStatusCode,
    )
  }

  return async (c, next) => {
    const early = await meet(c, 'before')
    if (early) return early
    await next()
    const late = await meet(c, 'after')
    if (late) c.res = late
    return undefined
  }
}

/** The schema has checked the range. */
function okOr(status = 200): ContentfulStatusCode {
  return status as ContentfulStatusCode
}
