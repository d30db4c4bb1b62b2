import { explain } from '../errors.ts'
import { readOptions, type BkendOptions } from './options.ts'

/** What to give in place of a value that cannot be read. */
const cures: Readonly<Record<keyof BkendOptions, string>> = {
  url: 'an https address, or allowHttp: true in development',
  publishableKey: 'the key that begins with "pk_", and never a secret one; in the early dialect the project id',
  dialect: '"current" or "early"',
  environment: 'a name like "dev", in the early dialect only: in the current one the key names it',
  allowHttp: 'true or false',
  fetch: 'a function',
}

/**
 * What a developer should hear of the options of `bkend`, in the development build only: by name, with the value and the
 * cure.
 *
 * @throws AuthError `'misconfigured'` for an option that cannot be read
 */
export function checkOptions(options: BkendOptions): void {
  const names = Object.keys(cures)
  const unknown = Object.keys(Object(options) as object).filter((name) => !names.includes(name))
  if (unknown.length > 0) console.warn(`[authchart] bkend takes ${names.join(', ')}, not ${unknown.join(', ')}.`)
  readOptions(options, refuse)
}

function refuse(name: keyof BkendOptions, value: unknown): never {
  throw explain('misconfigured', `bkend: ${name} is ${shownOf(name, value)}, give ${cures[name]}.`)
}

/** Nothing that may be a secret: a plain word for a dialect, a number in the network, else the type. */
function shownOf(name: keyof BkendOptions, value: unknown): string {
  if (value === null || value === undefined) return 'missing'
  if (typeof value !== 'string') return typeof value
  if (name === 'dialect' && /^[a-z\d ]{0,12}$/i.test(value)) return `"${value}"`
  return (name === 'url' && addressOf(value)) || typeof value
}

/** Without path and query, which may hold a secret; so may the name of a tunnel. */
function addressOf(url: string): string | null {
  try {
    const { protocol, host } = new URL(url)
    return protocol === 'http:' ? `http://${/^[\d.:]+$/.test(host) ? host : '…'}` : null
  } catch {
    return null
  }
}
