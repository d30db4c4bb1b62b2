import { openJar, type Jar } from './cookies.ts'
import type { HandlerSettings } from './options.ts'
import type { Renewal } from './renewal.ts'
import type { Seal } from './seal.ts'
import { readKept, type Kept, type ServerSession } from './session.ts'

/**
 * What one browser has of this handler. A sign-in while a session is kept goes beside it, until the page says that it has
 * taken it: a sign-in that is given up leaves the user signed in as before. Neither of the two ever moves, so that a late
 * answer about one of them touches nothing of the other.
 */
export interface Browser {
  /** What this browser is signed in with, by its cookie alone; null: nothing that can be read. */
  readonly kept: () => Kept | null
  /** The newest tokens of that, or the word that it is over. Null: nothing, or it was signed out. */
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

export async function openBrowser(
  { headers, url }: { readonly headers: { readonly get: (name: string) => string | null }; readonly url?: string },
  settings: HandlerSettings,
  seal: Seal,
  renewal: Renewal,
): Promise<Browser> {
  const { name, attributes } = namesFor(url, settings)
  const jar: Jar = openJar(headers.get('cookie'), attributes)
  const open = async (at: string): Promise<Slot> => {
    const sealed = jar.get(at)
    return { name: at, kept: sealed === null ? null : readKept(await seal.open(sealed)) }
  }
  const slots: Slots = [await open(name), await open(`${name}-2`)]

  async function write(slot: Slot, kept: Kept | null): Promise<void> {
    slot.kept = kept
    const seconds = kept?.kind === 'ended' ? DAY : settings.maxAge
    jar.set(slot.name, kept && (await seal.seal(kept)), seconds)
  }

  const slotOf = (id: string): Slot | undefined => slots.find(({ kept }) => kept?.id === id)

  return {
    kept: () => newest(slots).kept,
    async latest() {
      const { kept } = newest(slots)
      return kept?.kind === 'session' ? renewal.latest(kept) : kept
    },
    named(id) {
      const kept = slotOf(id)?.kept
      return kept?.kind === 'session' ? kept : null
    },
    async add(session) {
      const before = newest(slots)
      // a later sign-in is a newer one, whatever the clocks of two machines say
      const signedInAt = Math.max(session.signedInAt, (before.kept?.signedInAt ?? 0) + 1)
      // one that no page has taken makes way
      await write(slots.find(({ kept }) => kept === null) ?? before, { ...session, signedInAt })
    },
    async put(kept) {
      const slot = slotOf(kept.id)
      if (slot) await write(slot, kept)
    },
    async settle() {
      const other = slots.find((slot) => slot !== newest(slots))
      const before = other?.kept
      if (!other || !before) return null
      await write(other, null)
      return before.kind === 'session' ? before : null
    },
    async remove(id) {
      const slot = slotOf(id)
      if (slot) await write(slot, null)
    },
    changes: () => jar.changes(),
  }
}

interface Slot {
  readonly name: string
  kept: Kept | null
}

type Slots = readonly [Slot, Slot]

function newest([one, other]: Slots): Slot {
  return (other.kept?.signedInAt ?? -1) > (one.kept?.signedInAt ?? -1) ? other : one
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
