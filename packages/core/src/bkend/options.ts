import { explain } from '../errors.ts'
import { isPrintable } from './answers.ts'

/** Which generation of the API to speak. */
export type BkendDialect = 'current' | 'early'

export interface BkendOptions {
  /**
   * Where the API is, with or without the `/v1` that its paths begin with. Has to be https, or http on this machine.
   * Default: `https://api-client.bkend.ai`, or `https://api.bkend.ai` in the early dialect.
   */
  readonly url?: string | undefined
  /** The publishable key (`pk_…`), which names project and environment; the project id in the early dialect. Not a secret. */
  readonly publishableKey: string
  /** Default `'current'`. */
  readonly dialect?: BkendDialect | undefined
  /** The environment of the project, `'dev'` for one. In the early dialect only: in the current one the key names it. */
  readonly environment?: string | undefined
  /**
   * Takes a `url` with http on another machine too: for a phone that tests against the desk beside it. Passwords and
   * tokens can be read on the way, so it is for development only. Default false.
   */
  readonly allowHttp?: boolean | undefined
  /** Default: the global one, read at call time. It must not retry: a refresh token must be shown once. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** The options, read. */
export interface BkendSettings {
  readonly origin: string
  /** What the path of a call is added to. */
  readonly base: string
  /** What the server wants on every call. */
  readonly headers: Readonly<Record<string, string>>
  readonly isEarly: boolean
  readonly fetch: typeof globalThis.fetch | undefined
}

type Refuse = (name: keyof BkendOptions, value: unknown) => never

/**
 * What cannot be read is refused here in a few words; the development build says value and cure: see `checks.ts`.
 *
 * @throws AuthError `'misconfigured'` for an option that cannot be read
 */
export function readOptions(options: BkendOptions, refuse: Refuse = refuseBriefly): BkendSettings {
  const given = Object(options) as BkendOptions
  const { publishableKey, dialect = 'current', environment, allowHttp = false, fetch } = given
  const isEarly = dialect === 'early'
  const { url = `https://api${isEarly ? '' : '-client'}.bkend.ai` } = given
  if (!isEarly && dialect !== 'current') refuse('dialect', dialect)
  // a secret key must never get into a browser
  if (!isPrintable(publishableKey) || /^sk_/i.test(publishableKey)) refuse('publishableKey', publishableKey)
  if (environment !== undefined && !(isEarly && isPrintable(environment))) refuse('environment', environment)
  if (typeof allowHttp !== 'boolean') refuse('allowHttp', allowHttp)
  if (fetch !== undefined && typeof fetch !== 'function') refuse('fetch', fetch)
  const { origin, pathname } = readUrl(url, allowHttp, refuse)
  return {
    origin,
    base: `${origin}${pathname.replace(/(\/v1)?\/*$/, '')}/v1`,
    headers: isEarly
      ? { 'x-project-id': publishableKey, ...(environment && { 'x-environment': environment }) }
      : { 'X-API-Key': publishableKey },
    isEarly,
    fetch,
  }
}

function readUrl(url: string, allowHttp: boolean, refuse: Refuse): URL {
  try {
    const read = new URL(url)
    const isHere = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(read.hostname)
    if (read.protocol === 'https:' || (read.protocol === 'http:' && (allowHttp || isHere))) return read
  } catch {
    // said below
  }
  return refuse('url', url)
}

function refuseBriefly(name: keyof BkendOptions): never {
  throw explain('misconfigured', `bkend: ${name}`)
}
