/**
 * Where to go back to after a sign-in: `value` if it is a page of this origin, else `fallback`. Keep the answer, not the
 * input: what a browser makes of `//evil` or `/\evil` is decided here, once.
 *
 * @example
 * location.assign(safeReturnTo(new URLSearchParams(location.search).get('returnTo'), { base: location.origin, fallback: '/' }))
 */
export function safeReturnTo(value: unknown, options: { readonly base: string; readonly fallback: string }): string {
  if (typeof value !== 'string' || value.length > LONGEST) return options.fallback
  const page = pageAt(value, options)
  return page.length <= LONGEST ? page : options.fallback
}

const LONGEST = 2048

function pageAt(value: string, { base, fallback }: { readonly base: string; readonly fallback: string }): string {
  try {
    const { origin } = new URL(base)
    const url = new URL(value, `${origin}/`)
    const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
    const path = url.href.slice(url.origin.length)
    const isOurs = isWeb && url.origin === origin && url.username === '' && url.password === ''
    // a path that begins with two slashes is a host to whoever reads it next
    return isOurs && !/^[/\\]{2}/.test(path) && new URL(path, `${origin}/`).origin === origin ? path : fallback
  } catch {
    return fallback
  }
}

export interface SignInRedirectOptions {
  /** Path of the sign-in page. */
  readonly signIn: string
  /** Where to go after a sign-in that has no way back. Default `'/'`. */
  readonly fallback?: string
  /** Path of the page that says no. Nobody wants to go back there. */
  readonly forbidden?: string | undefined
  /** The app's own origin. Default: the page's; on a server it does not matter. */
  readonly base?: string
}

/** The way to the sign-in page and back. */
export interface SignInRedirect {
  /** The sign-in page, with the way back to `from`: a path or an address, with its query and hash. */
  readonly to: (from: string) => string
  /** Where to go after the sign-in, by the address of the sign-in page. Always a path of this app, and another page. */
  readonly back: (from: string) => string
  /** This is the sign-in page itself, which stays open to all. */
  readonly isHere: (from: string) => boolean
}

const FIELD = 'returnTo'

/**
 * What route guards share. Each way back is checked when it is made and when it is taken; a chain of them only gets
 * shorter, so no two guards can send somebody round and round.
 *
 * @example
 * const redirect = signInRedirect({ signIn: '/sign-in' })
 * redirect.to('/posts/1?tab=2#notes') // '/sign-in?returnTo=%2Fposts%2F1%3Ftab%3D2%23notes'
 * redirect.back('/sign-in?returnTo=%2Fposts%2F1') // '/posts/1'
 * redirect.back('/sign-in?returnTo=//evil.example') // '/'
 */
export function signInRedirect({ signIn, fallback = '/', forbidden, base }: SignInRedirectOptions): SignInRedirect {
  const baseNow = (): string => base ?? globalThis.location?.origin ?? 'http://localhost'
  const read = (from: string): URL => new URL(pageAt(from, { base: baseNow(), fallback }), baseNow())
  const isPage = (from: string, page: string | undefined): boolean =>
    page !== undefined && pageOf(read(from)) === pageOf(read(page))
  const isHere = (from: string): boolean => isPage(from, signIn)
  return {
    isHere,
    to(from) {
      if (isHere(from)) return pathOf(read(from))
      const page = read(signIn)
      page.searchParams.set(FIELD, isPage(from, forbidden) ? fallback : pathOf(read(from)))
      return pathOf(page)
    },
    back(from) {
      const wanted = read(from).searchParams.get(FIELD)
      if (wanted === null || isHere(wanted) || isPage(wanted, forbidden)) return fallback
      return safeReturnTo(wanted, { base: baseNow(), fallback })
    },
  }
}

const pathOf = ({ pathname, search, hash }: URL): string => pathname + search + hash

/** Routers take `/Sign-In/` for `/sign-in`, and so must whoever looks for a loop. */
function pageOf({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname).toLowerCase().replace(/\/+$/, '')
  } catch {
    return pathname
  }
}
