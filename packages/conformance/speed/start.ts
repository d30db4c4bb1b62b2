import { drain } from '@authchart/core/testing'
import { browserStorage } from '@authchart/core/storage'
import { gate, interleaved, median, timeOf, type Figure, type Row } from './measure.ts'
import { createServer, openAuth } from './server.ts'

const DATABASE = 'authchart'

/** The least that a page can do to read one record. */
function readRaw(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE)
    opening.onerror = () => reject(opening.error as Error)
    opening.onsuccess = () => {
      const database = opening.result
      const [name = ''] = database.objectStoreNames
      const read = database.transaction(name, 'readonly').objectStore(name).getAll()
      read.onerror = () => reject(read.error as Error)
      read.onsuccess = () => {
        database.close()
        resolve((read.result as unknown[])[0])
      }
    }
  })
}

/** From `createAuth` to a state that is known, with a session in IndexedDB. */
async function start(): Promise<Figure> {
  const server = createServer()
  const first = openAuth(server, { storage: browserStorage() })
  await first.signIn(null)
  gate(first.getState().persistence === 'stored', 'the session is stored')
  first.destroy()
  await drain()
  const auth = async () => {
    const own = openAuth(server, { storage: browserStorage() })
    const time = await timeOf(
      () =>
        new Promise<void>((resolve) => {
          own.subscribe(({ status }) => status === 'authenticated' && resolve())
        }),
    )
    gate(own.getState().user?.id === '1', 'the stored user is found')
    own.destroy()
    await drain()
    return time
  }
  const raw = () => timeOf(async () => gate(Boolean(await readRaw()), 'the record is found'))
  const times = await interleaved({ auth, raw }, { slices: 101, warm: 20 })
  return { ours: median(times.auth), theirs: median(times.raw), unit: 'ms' }
}

export const startRows: readonly Row[] = [
  { name: 'start to a known state', against: 'raw IndexedDB', goal: 1.5, measure: start },
]
