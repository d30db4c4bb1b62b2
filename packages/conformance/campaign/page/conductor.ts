/** The page that is never killed: it passes orders on to all tabs at once, and their words to the process that drives it. */
import { ORDERS, WORDS, type Order, type StoredState, type Word } from './messages.ts'
import { signInNaively } from './naive.ts'

/** What the driving process calls. */
export interface Conductor {
  order(order: Order): void
  /** What is stored, as a new tab would find it. */
  stored(): Promise<StoredState | null>
  /** Signs the control in. Returns the number of its record. */
  signIn(email: string, password: string): Promise<number>
}

declare global {
  interface Window {
    conductor: Conductor
    hear(word: Word): void
  }
}

const api = new URLSearchParams(location.search).get('api') ?? ''
const orders = new BroadcastChannel(ORDERS)
const words = new BroadcastChannel(WORDS)
words.onmessage = ({ data }: MessageEvent<Word>) => window.hear(data)

window.conductor = {
  order: (order) => orders.postMessage(order),
  async stored() {
    const database = await settle(indexedDB.open('authchart'))
    const records = await settle(database.transaction('records').objectStore('records').getAll())
    database.close()
    const [record] = records as Record<string, unknown>[]
    if (!record) return null
    const { generation, marked, ended } = record
    return { generation: Number(generation), marked: marked === true, ended: typeof ended === 'string' ? ended : null }
  },
  signIn: (email, password) =>
    signInNaively({ api, headers: { 'X-API-Key': 'pk_demo' }, tab: 'conductor' }, email, password),
}

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
