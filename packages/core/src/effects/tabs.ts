import type { TabWire } from '../types.ts'
import type { World } from '../world.ts'
import { effect } from './effect.ts'

/** Messages from other tabs are hints: whatever they say, the record is read again. So it is after every wake-up. */
export const watchTabs = (world: World) =>
  effect(() => {
    const wire = openWire(world)
    const unwatch = [
      world.onPost((hint) => wire.post(hint)),
      world.network.onWake((wake) => world.waking.wake(wake?.restored === true)),
    ]
    return () => {
      for (const stop of unwatch) stop()
      wire.close()
    }
  })

/** Without a wire other tabs are heard of when this one wakes up. */
function openWire({ tabs, place, look }: World): TabWire {
  try {
    return tabs.open(place, () => void look())
  } catch {
    return { post() {}, close() {} }
  }
}

/** Hands on what happens to the held session beside the chart: in the broker, in the account, in other tabs. */
export const watchSession = (world: World) => effect(({ sendBack }) => world.onReport(sendBack))

/** Waits for the sign-out that began when this state was entered. */
export const revoke = (world: World) =>
  effect(({ sendBack }) => {
    void world.revocation?.then(() => sendBack({ type: 'revoke.settled' }))
  })
