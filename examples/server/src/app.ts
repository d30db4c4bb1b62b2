import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { HTTPException } from 'hono/http-exception'
import { CURRENT, EARLY, type Dialect } from './dialects.ts'
import type { Emulator } from './emulator.ts'
import type { AppEnv } from './env.ts'
import { ApiError, errorBody } from './errors.ts'
import { limitRequests, requireJson, requireProject } from './guards.ts'
import { ConnectionDropped, injectFaults } from './inject.ts'
import { dataRoutes } from './routes/data.ts'
import { emailRoutes } from './routes/email.ts'
import { magicLinkRoutes } from './routes/magic-link.ts'
import { mfaRoutes } from './routes/mfa.ts'
import { passwordRoutes } from './routes/password.ts'
import { sessionRoutes } from './routes/session.ts'
import { socialRoutes } from './routes/social.ts'
import { verificationRoutes } from './routes/verification.ts'

const CONTROL = '/__control'
const MAX_BODY_BYTES = 64 * 1024

export interface AppParts {
  readonly emulator: Emulator
  readonly wait: (milliseconds: number) => Promise<void>
  /** Null: there are none, and their paths answer 404. */
  readonly controlRoutes: Hono<AppEnv> | null
  readonly page: Hono<AppEnv>
}

/** Both dialects of the API, the control routes and the page, inside out: CORS around faults around the work. */
export function createApp({ emulator, wait, controlRoutes, page }: AppParts): Hono<AppEnv> {
  const { settings, stats } = emulator
  const app = new Hono<AppEnv>()
  const faulty = injectFaults({ faults: emulator.faults, settings, wait })

  app.onError((error, c) => {
    // no answer at all is up to the listener
    if (error instanceof ConnectionDropped) throw error
    const known = asApiError(error)
    if (known.status === 500 && !(error instanceof ApiError)) console.error(error)
    if (known.retryAfter !== null) c.header('Retry-After', String(known.retryAfter))
    return c.json(errorBody(settings.errorShape, known.code, known.message), known.status)
  })
  app.notFound(() => {
    throw new ApiError('NOT_FOUND')
  })

  app.use(async (c, next) => {
    if (!isControl(c.req.path)) stats.requested(c.req.method, c.req.path)
    await next()
    c.res.headers.set('Cache-Control', 'no-store')
    c.res.headers.set('X-Content-Type-Options', 'nosniff')
    if (c.get('withoutCors')) for (const name of CORS_HEADERS) c.res.headers.delete(name)
  })
  app.use(
    cors({
      origin: (origin) => (settings.allowsOrigin(origin) ? origin : null),
      allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
      allowHeaders: ['Authorization', 'Content-Type', CURRENT.projectHeader, EARLY.projectHeader],
      exposeHeaders: ['Retry-After'],
      maxAge: 600,
    }),
  )
  app.use((c, next) => (isControl(c.req.path) ? next() : faulty(c, next)))
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuseBody }), requireJson)

  app.route(CURRENT.base, apiOf(emulator, CURRENT))
  app.route(EARLY.base, apiOf(emulator, EARLY))
  if (controlRoutes) app.route(CONTROL, controlRoutes)
  app.route('/', page)
  return app
}

function apiOf(emulator: Emulator, dialect: Dialect): Hono<AppEnv> {
  const email = emailRoutes(emulator, dialect)
  const auth = new Hono<AppEnv>()
    .route('/email', email)
    .route('/', magicLinkRoutes(emulator, dialect))
    .route('/', verificationRoutes(emulator))
    .route('/', socialRoutes(emulator, dialect))
    .route('/', sessionRoutes(emulator, dialect))
    .route('/', mfaRoutes(emulator))
    .route('/', passwordRoutes(emulator))
  if (dialect.hasShortPaths) auth.route('/', email)
  return new Hono<AppEnv>()
    .use(requireProject(emulator, dialect), limitRequests(emulator))
    .route('/auth', auth)
    .route('/data', dataRoutes(emulator))
}

function isControl(path: string): boolean {
  return path.startsWith(`${CONTROL}/`)
}

function refuseBody(): never {
  throw new ApiError('PAYLOAD_TOO_LARGE')
}

function asApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof HTTPException && error.status === 400)
    return new ApiError('VALIDATION_ERROR', { message: error.message })
  return new ApiError('INTERNAL_ERROR')
}

const CORS_HEADERS = ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers']
