/** The caller's request: read once, at the call, by the platform's own getters, so that what was checked is what is sent. */
export interface Outgoing {
  readonly target: Request | string
  readonly init: RequestInit
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | null | undefined
}

/** The address of a genuine Request, of this realm or another one; null for anything else. */
export function urlOfRequest(input: unknown): string | null {
  if (typeof input === 'string') return null
  try {
    const { Request } = globalThis
    // the getter of the platform, which tells a Request from what only looks like one; a polyfill keeps it in a field
    const url = Reflect.get(Request.prototype, 'url', input) as string | undefined
    return url ?? (input instanceof Request ? input.url : null)
  } catch {
    return null
  }
}

export function readRequest(input: Request | string, given: RequestInit | undefined): Outgoing {
  // a Request as init, or an object of a class, has its members further up: the platform reads them
  const isPlain = !given || Object.getPrototypeOf(given) === Object.prototype
  const target = isPlain ? input : new Request(input, given)
  const init: RequestInit = isPlain ? { ...given } : {}
  const { headers = typeof target === 'string' ? undefined : target.headers, signal } = init
  const own = typeof target === 'string' ? undefined : target.signal
  return { target, init, headers: readHeaders(headers), signal: signal === undefined ? own : signal }
}

/** As the platform reads them, but for a plain object: making and asking a `Headers` takes longer than all the rest. */
export function readHeaders(given: HeadersInit | undefined): Record<string, string> {
  const isPlain = !given || Object.getPrototypeOf(given) === Object.prototype
  const own: Record<string, string> = {}
  for (const [name, value] of isPlain ? Object.entries(given ?? own) : (new Headers(given) as Iterable<string[]>)) {
    const key = name.toLowerCase()
    own[key] = (key in own ? `${own[key]}, ` : '') + value
  }
  return own
}

/**
 * The same request for another time, as the platform writes it down: what the caller changes meanwhile is not sent. Null
 * for a live stream, which can be sent once.
 */
export function copyRequest(outgoing: Outgoing): Outgoing | null {
  const { target, init, headers } = outgoing
  const { body } = init
  if (typeof body === 'object' && body !== null) {
    if (Symbol.asyncIterator in body || 'getReader' in body) return null
    const { method = typeof target === 'string' ? 'GET' : target.method } = init
    const copy = new Request(target, { method, headers, body })
    return { ...outgoing, target: copy, init: { ...init, body: null }, headers: readHeaders(copy.headers) }
  }
  const isBodiless =
    typeof target === 'string' || typeof body === 'string' || /^(GET|HEAD)$/.test(init.method ?? target.method)
  // by the platform's own clone: that of a subclass may lead elsewhere
  return isBodiless ? outgoing : { ...outgoing, target: Request.prototype.clone.call(target) }
}

/** `''` if that is no address. */
export function originOf(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return ''
  }
}
