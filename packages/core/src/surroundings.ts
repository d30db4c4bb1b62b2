import { createConnection, withConnectionTracking } from './connection.ts'
import type { AuthError } from './errors.ts'
import type { Settings } from './options.ts'
import { guardedNetwork } from './ports/network.ts'
import { tabsFor } from './ports/tabs.ts'
import { createWarn } from './report.ts'
import type { SessionRules } from './session/session.ts'
import type { Network } from './types.ts'

export type Surroundings = ReturnType<typeof surroundingsOf>

/** What one auth stands on: its client, clock, network, tabs and time limits, each made safe to use. */
export function surroundingsOf(settings: Settings, onWarning: ((warning: AuthError) => void) | undefined) {
  const { clock, place, requestTimeout, storageTimeout } = settings
  // made when it is asked for: some runtimes allow none while a module is evaluated
  let controller: AbortController | undefined
  const life = (): AbortController => (controller ??= new AbortController())
  const warn = createWarn(onWarning, () => controller?.signal.aborted === true)
  const own = guardedNetwork(settings.network)
  const connection = createConnection(clock, own.isOnline)
  const network: Network = { ...own, isOnline: connection.isOnline }
  const client = withConnectionTracking(settings.client, connection, warn)
  const tabs = tabsFor(settings.tabs, settings.storage.scope)
  const { random, refreshBefore, userId, origin: issuer = null } = settings
  const rules: SessionRules = {
    clock,
    random() {
      const chance = random()
      return chance >= 0 && chance <= 1 ? chance : 1
    },
    refreshBefore,
    canRefresh: client.refresh !== undefined,
    userId,
    issuer,
  }
  return {
    clock,
    rules,
    requestTimeout,
    storageTimeout,
    place,
    warn,
    connection,
    isStale: connection.isStale,
    network,
    client,
    tabs,
    lock: async <T>(work: () => Promise<T>): Promise<T> => tabs.lock(place, work),
    /** Fires on destroy. */
    lifetime: (): AbortSignal => life().signal,
    end: () => life().abort(),
  }
}
