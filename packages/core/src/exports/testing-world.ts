export type { WorldAccount, WorldPassword, WorldServerSetup, WorldUser } from '../testing/accounts.ts'
export { worldFaults, type WorldFault, type WorldMethod } from '../testing/faults.ts'
export type { StrictServer } from '../testing/strict-server.ts'
export {
  createWorld,
  type World,
  type WorldClock,
  type WorldOptions,
  type WorldParts,
  type WorldServer,
  type WorldTab,
} from '../testing/world.ts'
