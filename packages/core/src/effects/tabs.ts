import type { Waking } from '../custody/waking.ts'
import type { AuthFact } from '../machine/types.ts'
import type { Network, Revoked, TabHint, Tabs, TabWire } from '../types.ts'
import { effect } from './effect.ts'

interface Wire {
  readonly tabs: Tabs
  /** Names the lock and the wire. */
  readonly place: string
  readonly look: () => Promise<void>
}

interface OtherTabs extends Wire {
  readonly network: Network
  readonly waking: Waking
  readonly onBroadcast: (listener: (hint: TabHint) => void) => () => void
}

/** Messages from other tabs are hints: whatever they say, the record is read again. So it is after every wake-up. */
export const watchTabs = ({ network, waking, onBroadcast, ...wired }: OtherTabs) =>
  effect(() => {
    const wire = openWire(wired)
    const unwatch = [
      onBroadcast((hint) => post(wire, hint)),
      network.onWake((wake) => waking.wake(wake?.restored === true)),
    ]
    return () => {
      for (const stop of unwatch) stop()
      wire.close()
    }
  })

/** A tab that misses a hint reads the record when it wakes up. */
function post(wire: TabWire, hint: TabHint): void {
  try {
    wire.post(hint)
  } catch {
    // closed by the browser, say
  }
}

/** Without a wire other tabs are heard of when this one wakes up. */
function openWire({ tabs, place, look }: Wire): TabWire {
  try {
    return tabs.open(place, () => void look())
  } catch {
    return { post() {}, close() {} }
  }
}

/** Hands on what happens to the held session beside the chart: in the broker, in the account, in other tabs. */
export const watchSession = ({ on }: { readonly on: (listener: (fact: AuthFact) => void) => () => void }) =>
  effect(({ sendBack }) => on(sendBack))

/** Waits for the sign-out that began when this state was entered. */
export const revoke = (signOut: { readonly revocation: Promise<Revoked> | null }) =>
  effect(({ sendBack }) => {
    void signOut.revocation?.then(() => sendBack({ type: 'revoke.settled' }))
  })
