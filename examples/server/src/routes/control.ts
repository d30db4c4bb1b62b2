import { Hono } from 'hono'
import { z } from 'zod'
import type { Control } from '../control.ts'
import type { AppEnv } from '../env.ts'
import { ApiError } from '../errors.ts'
import { faultSchema } from '../faults.ts'
import { json, name } from '../input.ts'
import { PROVIDERS, type Settings } from '../settings.ts'

const seconds = z.number().min(-1e9).max(1e9)
const provider = z.enum(PROVIDERS)
const text = z.string().min(1).max(200)

const faultsBody = z.union([
  z.strictObject({ kind: z.literal('expire-access'), email: text.optional() }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ remove: z.union([text, z.array(text)]) }),
  faultSchema,
  z.array(faultSchema).min(1),
])

const userBody = z.strictObject({
  role: z.string().min(1).max(50).optional(),
  name: name.optional(),
  banned: z.boolean().optional(),
  emailVerified: z.boolean().optional(),
  verificationRequired: z.boolean().optional(),
  endSessions: z.boolean().optional(),
  remove: z.boolean().optional(),
})

const socialBody = z.strictObject({
  provider,
  email: z.email().toLowerCase().optional(),
  name: name.optional(),
  subject: text.optional(),
  redirectUri: z.string().max(2000).optional(),
  fails: z.boolean().optional(),
})

const settingsBody = z.strictObject({
  accessTtl: z.int().positive().exactOptional(),
  envelope: z.boolean().exactOptional(),
  errorShape: z.enum(['code', 'success', 'message']).exactOptional(),
  publishableKey: text.exactOptional(),
  projectId: text.exactOptional(),
  magicLink: z.boolean().exactOptional(),
  providers: z.array(provider).exactOptional(),
  requireVerifiedEmail: z.boolean().exactOptional(),
})

/** Mounted in demo and test mode only. Answers bare JSON, whatever the envelope. */
export function controlRoutes(control: Control, settings: Settings): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .use(async (c, next) => {
      // a page of another site must not pull these strings through the browser that runs the demo
      const origin = c.req.header('origin')
      if (origin !== undefined && !settings.allowsOrigin(origin)) throw new ApiError('user/forbidden')
      await next()
    })
    .get('/outbox', (c) => c.json({ mails: control.outbox() }))
    .get('/stats', (c) => c.json(control.stats()))
    .get('/faults', (c) => c.json({ faults: control.faults() }))
    .post('/faults', json(faultsBody), (c) => {
      const ids = changeFaults(control, c.req.valid('json'))
      return c.json({ ids, faults: control.faults() })
    })
    .post('/users/:email', json(userBody), (c) =>
      c.json({ user: control.updateUser(c.req.param('email'), c.req.valid('json')) }),
    )
    .get('/totp/:email', (c) => c.json({ code: control.totp(c.req.param('email')) }))
    .post('/oauth-code', json(socialBody), async (c) => c.json(await control.issueSocialCode(c.req.valid('json'))))
    .post('/clock', json(z.strictObject({ advance: seconds })), (c) =>
      c.json({ now: new Date(control.advance(c.req.valid('json').advance)).toISOString() }),
    )
    .post('/settings', json(settingsBody), (c) => c.json({ settings: control.configure(c.req.valid('json')) }))
    .post('/reset', (c) => {
      control.reset()
      return c.json({ message: 'Everything is as at the start' })
    })
}

/** The ids of the faults that were added. */
function changeFaults(control: Control, body: z.output<typeof faultsBody>): readonly string[] {
  if (Array.isArray(body)) return body.map(control.addFault)
  if ('remove' in body) {
    for (const id of [body.remove].flat()) control.removeFault(id)
    return []
  }
  if (body.kind === 'expire-access') {
    control.expireAccess(body.email)
    return []
  }
  if (body.kind === 'reset') {
    control.clearFaults()
    return []
  }
  return [control.addFault(body)]
}
