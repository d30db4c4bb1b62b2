import type { Waking } from '../custody/waking.ts'
import type { Effect } from '../machine/parts.ts'
import type { AuthFact } from '../machine/types.ts'
import type { Network, Revoked, TabHint, Tabs, TabWire } from '../types.ts'

interface OtherTabs {
  readonly tabs: Tabs
  /** Names the lock and the wire. */
  readonly place: string
  readonly look: () => Promise<void>
  readonly network: Network
  readonly waking: Waking
  readonly onBroadcast: (listener: (hint: TabHint) => void) => () => void
}

/**
 * Messages from other tabs are hints: whatever they say, the record is read again. So it is after every wake-up. What is
 * stored after destroy() is told as well, by a wire that is open for that hint only.
 */
export const watchTabs =
  ({ tabs, place, look, network, waking, onBroadcast }: OtherTabs): Effect =>
  () => {
    const open = (): TabWire => tabs.open(place, () => void look())
    let wire: TabWire | null = null
    try {
      wire = open()
    } catch {
      // without a wire other tabs are heard of when this one wakes up
    }
    // not ended by the cleanup: a write that destroy() leaves under way is told when it is done
    onBroadcast((hint) => {
      try {
        const own = wire ?? open()
        own.post(hint)
        if (!wire) own.close()
      } catch {
        // closed by the browser, say: a tab that misses a hint reads the record when it wakes up
      }
    })
    const unwatch = network.onWake((wake) => waking.wake(wake?.restored === true))
    return () => {
      unwatch()
      wire?.close()
      wire = null
    }
  }

/** Hands on what happens to the held session beside the chart: in the broker, in the account, in other tabs. */
export const watchSession =
  ({ on }: { readonly on: (listener: (fact: AuthFact) => void) => () => void }): Effect =>
  ({ sendBack }) =>
    on(sendBack)

/** Waits for the sign-out that began when this state was entered. */
export const revoke =
  (signOut: { readonly revocation: Promise<Revoked> | null }): Effect =>
  ({ sendBack }) => {
    void signOut.revocation?.then(() => sendBack({ type: 'revoke.settled' }))
  }
