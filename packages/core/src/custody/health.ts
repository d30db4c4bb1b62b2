import type { StoredRecord } from '../types.ts'

/** How the storage stands to what is wanted there. */
export type Health =
  | { readonly type: 'working' }
  /** It failed, and has not caught up since. */
  | { readonly type: 'behind' }
  /** It holds the session of another tab, or never answers: this page goes on by itself, with a record of its own. */
  | { readonly type: 'alone'; readonly record: StoredRecord }

export type HealthEvent =
  | { readonly type: 'failed' | 'caughtUp' }
  /** A sign-in of this page starts with the storage again. */
  | { readonly type: 'joined' }
  /** The record of this page is this one from here on, and not in the storage; null: it has none. */
  | { readonly type: 'left'; readonly record: StoredRecord | null }

export function stepHealth(health: Health, event: HealthEvent): Health {
  switch (event.type) {
    case 'failed':
      return health.type === 'working' ? { type: 'behind' } : health
    case 'caughtUp':
      return health.type === 'behind' ? { type: 'working' } : health
    case 'joined':
      return health.type === 'alone' ? { type: 'behind' } : health
    case 'left':
      return event.record ? { type: 'alone', record: event.record } : { type: 'behind' }
  }
}
