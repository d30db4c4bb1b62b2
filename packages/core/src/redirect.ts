/**
 * Where to go back to after a sign-in: `value` if it is a page of this origin, else `fallback`. Keep the answer, not the
 * input: what a browser makes of `//evil` or `/\evil` is decided here, once.
 *
 * @example
 * location.assign(safeReturnTo(new URLSearchParams(location.search).get('returnTo'), { base: location.origin, fallback: '/' }))
 */
export function safeReturnTo(
  value: unknown,
  { base, fallback }: { readonly base: string; readonly fallback: string },
): string {
  if (typeof value !== 'string' || value.length > 2048) return fallback
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
