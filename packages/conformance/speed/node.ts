import { drain } from '@authchart/core/testing'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gate, type Figure, type Row } from './measure.ts'
import { requestRows } from './requests.ts'
import { createServer, openAuth } from './server.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

async function used(): Promise<number> {
  for (let n = 0; n < 4; n += 1) {
    collect()
    await drain()
  }
  return process.memoryUsage().heapUsed
}

/** What an auth takes that was made and has nothing to do. */
async function memory(): Promise<Figure> {
  const count = 1000
  const comeAndGo = async (times: number): Promise<number> => {
    for (let n = 0; n < times; n += 1) {
      const auth = openAuth(createServer())
      await auth.signIn(null)
      auth.destroy()
    }
    return used()
  }
  // what is compiled and cached on the way is not what is left behind
  const before = await comeAndGo(4000)
  const left = (await comeAndGo(2000)) - before
  gate(left < 300_000, `2,000 auths that are over leave ${left} bytes`)
  const server = createServer()
  const base = await used()
  const all = Array.from({ length: count }, () => openAuth(server))
  const size = ((await used()) - base) / count
  for (const auth of all) auth.destroy()
  return { ours: size / 1000, theirs: null, unit: 'kB' }
}

export const rows: readonly Row[] = [
  ...requestRows,
  { name: 'memory of an idle auth', against: 'itself, kB', goal: 30, measure: memory },
]
