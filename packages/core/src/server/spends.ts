import type { EndReason } from '../machine/types.ts'
import type { HandlerSettings } from './options.ts'
import type { Seal } from './seal.ts'
import { readKept, type ServerSession } from './session.ts'
import type { StoreEntries } from './store.ts'

/** What the store keeps of the last renewal of a session. */
export interface Spend {
  /** The generation whose token was sent. */
  readonly from: number
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** The answer came, and is kept. */
  readonly isDone: boolean
  /** The browser has shown the cookie that came of it. */
  readonly isConfirmed: boolean
  /** The answer, sealed: in one write with the word that it came. Left out when the browser has shown its cookie. */
  readonly next?: string
  /** Why the session is over, and with which tokens. Left out after a sign-out. */
  readonly ended?: { readonly generation: number; readonly reason: EndReason }
}

/** More than any generation: the session is over. */
export const OVER = Number.MAX_SAFE_INTEGER

/** The last renewal of each session, and what came of it for who comes with the cookie before. */
export interface Spends {
  readonly read: (entries: StoreEntries, session: ServerSession) => Promise<Spend | null>
  readonly write: (entries: StoreEntries, session: ServerSession, spend: Spend) => Promise<void>
  /** The answer came. Durable before it is told: the process may die in the next moment. */
  readonly keep: (entries: StoreEntries, before: ServerSession, spend: Spend, next: ServerSession) => Promise<void>
  /** What came of the token of this cookie. Null if it is not kept any more. */
  readonly next: (entries: StoreEntries, before: ServerSession, spend: Spend) => Promise<ServerSession | null>
  /** The browser shows the new cookie, so that who comes with the one before has a little time left. */
  readonly confirm: (entries: StoreEntries, session: ServerSession, spend: Spend) => Promise<void>
  /** No cookie of this session is good for anything from here on. `reason`: left out for a sign-out. */
  readonly bury: (entries: StoreEntries, session: ServerSession, reason?: EndReason) => Promise<void>
}

export function createSpends({ maxAge, replayWindow }: HandlerSettings, seal: Seal): Spends {
  /** Under a key that is made of the token before: without that cookie the store opens to nobody. */
  const sealedFor = ({ refreshToken }: ServerSession): Seal => seal.with(refreshToken ?? '')
  const write: Spends['write'] = (entries, { id }, spend) => entries.set(id, JSON.stringify(spend), maxAge)
  return {
    async read(entries, { id }) {
      const found = await entries.get(id)
      return found === null ? null : (JSON.parse(found) as Spend)
    },
    write,
    async keep(entries, before, spend, next) {
      await write(entries, before, { ...spend, isDone: true, next: await sealedFor(before).seal(next) })
    },
    async next(entries, before, { from, next: inline }) {
      const sealed = from === before.generation ? (inline ?? (await entries.get(nextKey(before)))) : null
      const next = sealed === null ? null : readKept(await sealedFor(before).open(sealed))
      return next?.kind === 'session' ? next : null
    },
    async confirm(entries, session, spend) {
      if (spend.isConfirmed || !spend.isDone || spend.from !== session.generation - 1) return
      const { next, ...confirmed } = spend
      // its own time begins here. It is there before it is taken from its old place: the process may die in between
      if (next !== undefined) await entries.set(nextKey(session), next, replayWindow / 1000)
      await write(entries, session, { ...confirmed, isConfirmed: true })
    },
    async bury(entries, session, reason) {
      const ended = reason && { ended: { generation: session.generation, reason } }
      await write(entries, session, { from: OVER, startedAt: 0, isDone: true, isConfirmed: true, ...ended })
      await entries.set(nextKey(session), '', 1)
    },
  }
}

const nextKey = ({ id }: ServerSession): string => `${id} next`
