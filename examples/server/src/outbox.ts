import type { Clock } from './clock.ts'
import type { LinkKind } from './links.ts'

/** An e-mail that a real server would have sent. */
export interface Mail {
  readonly id: number
  readonly kind: LinkKind
  readonly to: string
  readonly subject: string
  readonly token: string
  /** The callback URL with the token, where one was asked for. */
  readonly url: string | null
  readonly sentAt: string
}

export interface Outbox {
  readonly add: (mail: Omit<Mail, 'id' | 'sentAt'>) => void
  /** Newest last. */
  readonly all: () => readonly Mail[]
  readonly reset: () => void
}

const KEPT = 200

export function createOutbox(clock: Clock): Outbox {
  let mails: readonly Mail[] = []
  let count = 0
  return {
    add: (mail) => {
      count += 1
      mails = [...mails, { id: count, ...mail, sentAt: new Date(clock.now()).toISOString() }].slice(-KEPT)
    },
    all: () => mails,
    reset: () => {
      mails = []
    },
  }
}
