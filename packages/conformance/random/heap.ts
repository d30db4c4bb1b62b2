/** What is still there once everything that can go has gone. Bytes say little: they depend on the machine. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { drain } from '@authchart/core/testing'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** How many of them something still holds. */
export async function countHeld(things: readonly WeakRef<object>[]): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await drain()
    collect()
  }
  return things.filter((thing) => thing.deref() !== undefined).length
}
