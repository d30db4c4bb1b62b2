/**
 * Where to go back to after a sign-in: `value` if it is a page of this app, else `fallback`. Keep the answer, not the
 * input: what a browser makes of `//evil` or `/\evil` is decided here, once. A path over 2,048 characters, or 16,384 with its query and hash, is refused.
 *
 * @example
 * location.assign(safeReturnTo(new URLSearchParams(location.search).get('returnTo'), { base: location.origin, fallback: '/' }))
 * @param options.base an address of the app, of any scheme (`https:`, `capacitor:`, `chrome-extension:`, `file:` …)
 */
export function safeReturnTo(value: unknown, options: { readonly base: string; readonly fallback: string }): string {
  const { base, fallback } = options
  return (hasHost(base) && pageAt(value, base)) || fallback
}

/** Characters of a whole address: a query may hold a long filter. No app has longer paths than {@link LONGEST_PATH}. */
const LONGEST = 16_384
const LONGEST_PATH = 2048

/** Stands for the app wherever only paths within it matter. */
const ANY_APP = 'http://localhost'

/** The path of a page of this app; null if `value` is anything else. */
function pageAt(value: unknown, base: string, longest = LONGEST): string | null {
  if (typeof value !== 'string' || value.length > longest) return null
  try {
    const { protocol, host, origin } = new URL(base)
    const isWeb = origin !== 'null'
    // an address of another scheme begins with its own name; what follows is a path, read as browsers read paths
    const prefix = `${protocol}//${host}`
    const isAddress = !isWeb && value.startsWith(prefix) && /^([/?#]|$)/.test(value.slice(prefix.length))
    const root = isWeb ? origin : ANY_APP
    const url = new URL(isAddress ? value.slice(prefix.length) : value, `${root}/`)
    const path = pathOf(url)
    const isOurs = url.href.startsWith(`${root}/`) && url.origin === root && url.username === '' && url.password === ''
    // a path that begins with two slashes is a host to the next reader
    const isPath = isOurs && !/^[/\\]{2}/.test(path) && new URL(path, `${root}/`).origin === root
    return isPath && path.length <= longest && url.pathname.length <= LONGEST_PATH ? path : null
  } catch {
    return null
  }
}

export interface SignInRedirectOptions {
  /** Path of the sign-in page, or what makes it from the page that the user comes from (`/de/account` → `/de/sign-in`). */
  readonly signIn: string | ((from: string) => string)
  /** Where to go after a sign-in that has no way back. Default `'/'`. */
  readonly fallback?: string
  /** Path of the page that says no. No way back leads there. */
  readonly forbidden?: string | undefined
  /** An address of the app, for ways back that are whole addresses. Default: the page's own. */
  readonly base?: string
}

/** The way to the sign-in page and back. All addresses are paths within the app, as its router sees them. */
export interface SignInRedirect {
  /** The sign-in page, with the way back to `from`: a path or an address, with its query and hash. */
  readonly to: (from: string) => string
  /** Where to go after the sign-in, by the address of the sign-in page. Always a path of this app, and another page. */
  readonly back: (from: string) => string
  /** This is the sign-in page itself, which stays open to all. */
  readonly isHere: (from: string) => boolean
  /** The sign-in page alone, with no way back. */
  readonly bare: (from: string) => string
}

const FIELD = 'returnTo'

/**
 * What route guards share. Each way back is checked when it is made and when it is taken; a chain of them only gets
 * shorter, so no two guards can send a user round and round.
 *
 * @example
 * const redirect = signInRedirect({ signIn: '/sign-in' })
 * redirect.to('/posts/1?tab=2#notes') // '/sign-in?returnTo=%2Fposts%2F1%3Ftab%3D2%23notes'
 * redirect.back('/sign-in?returnTo=%2Fposts%2F1') // '/posts/1'
 * redirect.back('/sign-in?returnTo=//evil.example') // '/'
 * @throws TypeError if an option is no path within the app, or `base` no address
 */
export function signInRedirect(options: SignInRedirectOptions): SignInRedirect {
  const { signIn, base } = options
  if (base !== undefined) readBase(base)
  const fallback = readPath('fallback', options.fallback ?? '/')
  const forbidden = options.forbidden === undefined ? undefined : readPath('forbidden', options.forbidden)
  const fixed = typeof signIn === 'function' ? null : readPath('signIn', signIn)
  const baseNow = (): string => base ?? globalThis.location?.href ?? ANY_APP
  const read = (from: string, longest?: number): string => pageAt(from, baseNow(), longest) ?? fallback
  // the address of the sign-in page holds another one, which is written three times as long
  const open = (from: string): string => read(from, 4 * LONGEST)
  const bare = (from: string): string => fixed ?? readPath('signIn', (signIn as (from: string) => string)(open(from)))
  const isHere = (from: string): boolean => isSamePage(open(from), bare(from))
  const isForbidden = (from: string): boolean => forbidden !== undefined && isSamePage(read(from), forbidden)
  return {
    isHere,
    bare,
    to(from) {
      if (isHere(from)) return open(from)
      const page = new URL(bare(from), ANY_APP)
      page.searchParams.set(FIELD, isForbidden(from) ? fallback : read(from))
      return pathOf(page)
    },
    back(from) {
      const wanted = new URL(open(from), ANY_APP).searchParams.get(FIELD)
      if (wanted === null || isHere(wanted) || isForbidden(wanted)) return fallback
      return read(wanted)
    },
  }
}

function readPath(option: string, value: unknown): string {
  const path = typeof value === 'string' && value.startsWith('/') ? pageAt(value, ANY_APP) : null
  // what a hash holds is no path to a router: `/#/sign-in` would be the start page
  if (path === null || /#[!/]/.test(path))
    throw new TypeError(
      `${option}: ${describe(value)} is no page of this app. Give its path as the router sees it: "/sign-in".`,
    )
  return path
}

function readBase(value: unknown): void {
  try {
    void new URL(value as string)
  } catch {
    throw new TypeError(`base: ${describe(value)} is no address. Give one like "https://app.example".`)
  }
}

/** A path means nothing to a page without one (`file:`, `about:blank`): there it leads out of the app. */
function hasHost(base: string): boolean {
  try {
    return new URL(base).host !== ''
  } catch {
    return false
  }
}

/** Settings are no secrets, but an address may carry one. */
const describe = (value: unknown): string =>
  typeof value === 'string' ? `"${value.replace(/[?#].*/s, '')}"` : typeof value

const pathOf = ({ pathname, search, hash }: URL): string => pathname + search + hash

const isSamePage = (one: string, other: string): boolean => pageOf(one) === pageOf(other)

/** Routers take `/Sign-In/` for `/sign-in`, and so must the search for a loop. */
function pageOf(path: string): string {
  const { pathname } = new URL(path, ANY_APP)
  try {
    return decodeURIComponent(pathname).toLowerCase().replace(/\/+$/, '')
  } catch {
    return pathname
  }
}
