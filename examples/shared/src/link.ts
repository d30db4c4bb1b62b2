/**
 * The token of a magic link, once. It leaves the address bar, and with it the history, before anything else runs; it is
 * redeemed when the user asks for it, because mail scanners open links, too.
 */
export function takeLinkToken(): string | null {
  const url = new URL(location.href)
  const token = url.searchParams.get('token')
  if (token === null) return null
  url.searchParams.delete('token')
  history.replaceState(history.state, '', url)
  return token
}

/** Where a magic link comes back to. */
export function linkCallbackUrl(): string {
  return new URL('.', location.href).href
}
