import { openJar, type Jar } from './cookies.ts'
import type { HandlerSettings } from './options.ts'
import type { Renewal } from './renewal.ts'
import type { Seal } from './seal.ts'
import { readKept, type Kept, type ServerSession } from './session.ts'

/**
 * What one browser has of this handler. A sign-in while a session is kept goes beside it, until the page says that it has
 * taken it: a sign-in that is given up leaves the user signed in as before.
 */
export interface Browser {
  /** What this browser is signed in with, by its cookie alone; null: nothing that can be read. */
  readonly kept: () => Kept | null
  /** The newest tokens of that. Null: nothing, or its session is over. */
  readonly latest: () => Promise<Kept | null>
  /** A session by its name. */
  readonly named: (id: string) => ServerSession | null
  /** Keeps the tokens of a sign-in. */
  readonly add: (session: ServerSession) => Promise<void>
  /** Keeps what has become of a session that is kept already. */
  readonly put: (kept: Kept) => Promise<void>
  /** Of two sessions the newer one is meant. Hands out the other, which is over. */
  readonly settle: () => Promise<ServerSession | null>
  readonly remove: (id: string) => Promise<void>
  readonly changes: () => readonly string[]
}

const DAY = 24 * 3600

interface Slots {
  main: Kept | null
  next: Kept | null
}

export async function openBrowser(
  { headers, url }: { readonly headers: { readonly get: (name: string) => string | null }; readonly url?: string },
  settings: HandlerSettings,
  seal: Seal,
  renewal: Renewal,
): Promise<Browser> {
  const { name, attributes } = namesFor(url, settings)
  const nextName = `${name}-next`
  const jar: Jar = openJar(headers.get('cookie'), attributes)
  const open = async (at: string): Promise<Kept | null> => {
    const sealed = jar.get(at)
    return sealed === null ? null : readKept(await seal.open(sealed))
  }
  const slots: Slots = { main: await open(name), next: await open(nextName) }

  async function write(slot: keyof Slots, kept: Kept | null): Promise<void> {
    slots[slot] = kept
    const seconds = kept?.kind === 'ended' ? DAY : settings.maxAge
    jar.set(slot === 'main' ? name : nextName, kept && (await seal.seal(kept)), seconds)
  }

  const slotOf = (id: string): keyof Slots | null => {
    if (slots.next?.id === id) return 'next'
    return slots.main?.id === id ? 'main' : null
  }

  return {
    kept: () => slots.next ?? slots.main,
    async latest() {
      const kept = slots.next ?? slots.main
      return kept?.kind === 'session' ? renewal.latest(kept) : kept
    },
    named(id) {
      const slot = slotOf(id)
      const kept = slot && slots[slot]
      return kept?.kind === 'session' ? kept : null
    },
    async add(session) {
      await write(slots.main?.kind === 'session' ? 'next' : 'main', session)
    },
    async put(kept) {
      await write(slotOf(kept.id) ?? 'main', kept)
    },
    async settle() {
      const { main, next } = slots
      if (next === null) return null
      await write('main', next)
      await write('next', null)
      return main?.kind === 'session' ? main : null
    },
    async remove(id) {
      const slot = slotOf(id)
      if (slot === 'main') await write('main', slots.next)
      if (slot !== null) await write('next', null)
    },
    changes: () => jar.changes(),
  }
}

/**
 * A browser that knows the prefix takes such a cookie from this very host only, over TLS, and not from a script; one that
 * does not knows `__Host-`, which it begins with (RFC 6265bis §4.1.3).
 */
function namesFor(url: string | undefined, { cookieName, allowHttpLocalhost }: HandlerSettings) {
  const { protocol = 'https:', hostname = '' } = url === undefined ? {} : new URL(url)
  const isHere = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
  const common = 'Path=/; HttpOnly; SameSite=Strict'
  if (allowHttpLocalhost && protocol === 'http:' && isHere) return { name: cookieName, attributes: common }
  return { name: `__Host-Http-${cookieName}`, attributes: `${common}; Secure` }
}
