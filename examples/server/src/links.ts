import type { Clock } from './clock.ts'
import type { Database, Flag } from './db.ts'
import type { Outbox } from './outbox.ts'
import { fingerprint, randomToken } from './secrets.ts'

export type LinkKind = 'magiclink' | 'verify' | 'reset'

interface Link {
  readonly hash: string
  readonly kind: LinkKind
  readonly email: string
  readonly name: string | null
  /** Whether redeeming it may create an account. */
  readonly creates: Flag
  readonly expires_at: number
  readonly used: Flag
}

interface LinkRequest {
  readonly kind: LinkKind
  readonly email: string
  readonly callbackUrl?: string | undefined
  readonly name?: string | undefined
  readonly creates?: boolean
}

/** One-time links by mail. Only the hash of a token is stored. */
export interface Links {
  readonly send: (request: LinkRequest) => void
  readonly find: (kind: LinkKind, token: string) => Link | null
  readonly hasExpired: (link: Link) => boolean
  /** Spends the link, and every other of its kind and address with it. */
  readonly spend: (link: Link) => void
}

const LIFETIME_SECONDS = { magiclink: 15 * 60, verify: 24 * 3600, reset: 24 * 3600 } as const satisfies Record<
  LinkKind,
  number
>

const SUBJECTS = {
  magiclink: 'Your sign-in link',
  verify: 'Verify your email address',
  reset: 'Reset your password',
} as const satisfies Record<LinkKind, string>

export function createLinks(db: Database, clock: Clock, outbox: Outbox): Links {
  return {
    send: ({ kind, email, callbackUrl, name, creates = false }) => {
      const token = randomToken()
      db.run(
        'insert into links (hash, kind, email, name, creates, expires_at) values (?, ?, ?, ?, ?, ?)',
        fingerprint(token),
        kind,
        email,
        name ?? null,
        creates ? 1 : 0,
        clock.now() + LIFETIME_SECONDS[kind] * 1000,
      )
      outbox.add({ kind, to: email, subject: SUBJECTS[kind], token, url: withToken(callbackUrl, token) })
    },
    find: (kind, token) => db.one<Link>('select * from links where kind = ? and hash = ?', kind, fingerprint(token)),
    hasExpired: (link) => link.expires_at <= clock.now(),
    spend: ({ kind, email }) => void db.run('update links set used = 1 where kind = ? and email = ?', kind, email),
  }
}

function withToken(callbackUrl: string | undefined, token: string): string | null {
  if (callbackUrl === undefined) return null
  const url = new URL(callbackUrl)
  url.searchParams.set('token', token)
  return url.href
}
