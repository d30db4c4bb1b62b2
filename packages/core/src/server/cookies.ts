import { explain } from '../errors.ts'

/** The cookies of one request, and those of its answer. */
export interface Jar {
  /** What is kept under this name; null if nothing is, or not all of it. */
  readonly get: (name: string) => string | null
  /**
   * Keeps it for so many seconds. Null: takes it away.
   *
   * @throws AuthError `'misconfigured'` for more than browsers keep
   */
  readonly set: (name: string, value: string | null, seconds?: number) => void
  /** The `Set-Cookie` headers. */
  readonly changes: () => readonly string[]
}

/** Browsers keep 4096 bytes of name, value and attributes (RFC 6265 §6.1). */
const LARGEST_PART = 3600
/** More would come near the 16 kB that Node takes of all headers. */
const MOST_PARTS = 3
const TOO_LARGE = 'The user and the tokens do not fit into a cookie: give the upstream a `getUser` that says less.'

/** @param attributes such as `Path=/; HttpOnly` */
export function openJar(header: string | null, attributes: string): Jar {
  const found = readCookies(header)
  const changes = new Map<string, string>()
  const write = (name: string, value: string | null, seconds: number): void => {
    if (value === null) found.delete(name)
    else found.set(name, value)
    changes.set(name, `${name}=${value ?? ''}; Max-Age=${value === null ? 0 : seconds}; ${attributes}`)
  }
  return {
    get: (name) => join(found, name),
    set(name, value, seconds = 0) {
      const parts = value === null ? [] : split(value)
      if (parts.length > MOST_PARTS) throw explain('misconfigured', TOO_LARGE)
      for (let index = 0; index < MOST_PARTS; index += 1) {
        const partName = nameOf(name, index)
        const part = parts[index]
        if (part !== undefined) write(partName, part, seconds)
        // what an earlier, larger value left behind
        else if (found.has(partName)) write(partName, null, 0)
      }
    },
    changes: () => Array.from(changes.values()),
  }
}

const nameOf = (name: string, index: number): string => (index === 0 ? name : `${name}.${index}`)

/** The first part says how many there are. */
function split(value: string): readonly string[] {
  const count = Math.ceil((value.length + 1) / LARGEST_PART)
  const whole = `${count}${value}`
  return Array.from({ length: count }, (_, index) => whole.slice(index * LARGEST_PART, (index + 1) * LARGEST_PART))
}

function join(found: ReadonlyMap<string, string>, name: string): string | null {
  const count = Number(found.get(name)?.[0])
  if (!(count >= 1 && count <= MOST_PARTS)) return null
  const parts = Array.from({ length: count }, (_, index) => found.get(nameOf(name, index)))
  // parts of two values do not open: what is sealed is sealed whole
  return parts.includes(undefined) ? null : parts.join('').slice(1)
}

/** RFC 6265 §4.2.1. Of two cookies of one name neither is ours for certain, and none is taken. */
function readCookies(header: string | null): Map<string, string> {
  const found = new Map<string, string>()
  const doubled = new Set<string>()
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at < 0) continue
    const name = pair.slice(0, at).trim()
    if (found.has(name)) doubled.add(name)
    found.set(name, pair.slice(at + 1).trim())
  }
  for (const name of doubled) found.delete(name)
  return found
}
