import { AuthError } from '../errors.ts'
import { readWhole } from './body.ts'
import type { HandlerSettings } from './options.ts'

/** The header that no form, image, link or script of another site can send without a preflight, which nothing answers. */
export const OWN_HEADER = 'x-authchart'

type Admitting = Pick<HandlerSettings, 'origins'>

/**
 * Refuses what a page of another origin sent, a sub-domain included: by Fetch Metadata, by `Origin`, and by a header that
 * only a script of the app itself can set.
 *
 * @throws AuthError `'forbidden'`
 */
export function admit({ headers, url }: Request, { origins }: Admitting): void {
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  const isOwn = origin !== null && (origins ?? [new URL(url).origin]).includes(origin)
  // the browser's own word, which no page can forge; without it there has to be an origin, and it has to be ours
  const isSameOrigin = site === null ? isOwn : site === 'same-origin' && (origin === null || origins === null || isOwn)
  if (!isSameOrigin || headers.get(OWN_HEADER) !== '1') throw new AuthError('forbidden', { status: 403 })
}

const LARGEST_BODY = 65_536
/** Milliseconds. */
const LONGEST_BODY = 10_000

/**
 * The body of a call: an object in JSON.
 *
 * @throws AuthError `'invalid-request'`, `'timeout'`
 */
export async function readBody(request: Request, { clock }: Pick<HandlerSettings, 'clock'>): Promise<Fields> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new AuthError('invalid-request', { status: 415 })
  const bytes = request.body && (await readWhole(request.body, clock, LARGEST_BODY, LONGEST_BODY))
  try {
    const read: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes ?? undefined))
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Fields
  } catch {
    // said below
  }
  throw new AuthError('invalid-request', { status: 400 })
}

export type Fields = Readonly<Record<string, unknown>>
