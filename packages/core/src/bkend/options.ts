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

/** What to give in place of a value that cannot be read. */
const cures: Readonly<Record<keyof BkendOptions, string>> = {
  url: 'an https address, or allowHttp: true in development',
  publishableKey: 'the key that begins with "pk_" (early: the project id)',
  dialect: '"current" or "early"',
  environment: 'a name, in the early dialect only',
  allowHttp: 'true or false',
  fetch: 'a function',
}

/** @throws AuthError `'misconfigured'` for an option that cannot be read: the message names it and the cure */
export function readOptions(options: BkendOptions): BkendSettings {
  const given = Object(options) as BkendOptions
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(cures, name))
  if (unknown.length > 0)
    console.warn(`[authchart] bkend takes ${Object.keys(cures).join(', ')}, not ${unknown.join(', ')}.`)

  const { publishableKey, dialect = 'current', environment, allowHttp = false, fetch } = given
  const isEarly = dialect === 'early'
  const { url = `https://api${isEarly ? '' : '-client'}.bkend.ai` } = given
  if (!isEarly && dialect !== 'current') refuse('dialect', quote(dialect))
  // a secret key must never get into a browser
  if (!isPrintable(publishableKey) || /^sk_/i.test(publishableKey)) refuse('publishableKey', typeof publishableKey)
  if (environment !== undefined && !(isEarly && isPrintable(environment))) refuse('environment', typeof environment)
  if (typeof allowHttp !== 'boolean') refuse('allowHttp', typeof allowHttp)
  if (fetch !== undefined && typeof fetch !== 'function') refuse('fetch', typeof fetch)
  const { origin, pathname } = readUrl(url, allowHttp)
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

function readUrl(url: string, allowHttp: boolean): URL {
  let shown: string = typeof url
  try {
    const read = new URL(url)
    const { protocol, host, hostname } = read
    const isHere = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
    const isHttp = protocol === 'http:'
    if (protocol === 'https:' || (isHttp && (allowHttp || isHere))) return read
    // of a number in the network nothing is secret; the name of a tunnel may be
    if (isHttp) shown = `http://${/^[\d.:]+$/.test(host) ? host : '…'}`
  } catch {
    // said below
  }
  return refuse('url', shown)
}

/** A plain word can be no key. */
function quote(value: unknown): string {
  return typeof value === 'string' && /^[a-z\d ]{0,12}$/i.test(value) ? `"${value}"` : typeof value
}

/** `shown` holds nothing that may be a secret. */
function refuse(name: keyof BkendOptions, shown: string): never {
  throw explain('misconfigured', `bkend: ${name} is ${shown}, give ${cures[name]}.`)
}
