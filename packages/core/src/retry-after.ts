const LONGEST_WAIT = 600

/** Seconds that a `Retry-After` asks for (RFC 9110 §10.2.3), ten minutes at most; undefined where it is nothing to obey. */
export function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? ''
  const seconds = /^\d+$/.test(value) ? Number(value) : secondsUntil(value, headers.get('date') ?? '')
  return seconds >= 0 ? Math.min(seconds, LONGEST_WAIT) : undefined
}

/** By the server's own clock where its answer shows it. */
function secondsUntil(date: string, serverDate: string): number {
  // `Date.parse` would make a year of "-5"
  if (!date.endsWith(' GMT')) return NaN
  return Math.max(0, Math.ceil((Date.parse(date) - (Date.parse(serverDate) || Date.now())) / 1000))
}
