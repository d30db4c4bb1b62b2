/** What is on the heap once everything that can go has gone. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { drain } from '@authchart/core/testing'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export async function heapUsed(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await drain()
    collect()
  }
  return process.memoryUsage().heapUsed
}
