import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserStorage } from '../../src/exports/storage.ts'
import type { AuthStorage } from '../../src/types.ts'
import { itKeepsTheStorageContract, itSurvivesWhatOthersWrote, record } from './contract.ts'
import { openTab } from './tab.ts'

let count = 0
/** A database that no other test uses. */
const freshName = () => `test-${(count += 1)}`

const settled = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/** Deletes it from outside, and says whether a connection stood in the way. */
async function deleteDatabase(name: string): Promise<'at once' | 'after a wait'> {
  const request = indexedDB.deleteDatabase(name)
  let how: 'at once' | 'after a wait' = 'at once'
  request.onblocked = () => {
    how = 'after a wait'
  }
  await settled(request)
  return how
}

async function plant(name: string, value: unknown): Promise<void> {
  await browserStorage({ name }).read('a')
  const database = await settled(indexedDB.open(name))
  await settled(database.transaction('records', 'readwrite').objectStore('records').put(value, 'a'))
  database.close()
}

async function namesOfDatabases(): Promise<(string | undefined)[]> {
  return (await indexedDB.databases()).map(({ name }) => name)
}

afterEach(async () => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  for (const name of await namesOfDatabases()) if (name) await deleteDatabase(name)
})

describe('browserStorage', () => {
  itKeepsTheStorageContract(() => browserStorage({ name: freshName() }))

  let planted = ''
  itSurvivesWhatOthersWrote(
    () => browserStorage({ name: (planted = freshName()) }),
    (value) => plant(planted, value),
  )

  it('browserStorage says that all tabs share it', () => {
    expect(browserStorage().scope).toBe('shared')
  })

  it('browserStorage touches nothing until it is used, and then one database', async () => {
    const storage = browserStorage()
    expect(await namesOfDatabases()).toEqual([])
    await storage.read('a')
    expect(await namesOfDatabases()).toEqual(['authchart'])
  })

  it('browserStorage keeps databases of other names apart', async () => {
    await browserStorage({ name: 'one' }).compareAndSet('a', null, record('1'))
    expect(await browserStorage({ name: 'two' }).read('a')).toBe(null)
    expect(await browserStorage({ name: 'one' }).read('a')).toEqual(record('1'))
  })

  it('browserStorage lets one of 50 simultaneous writers in two tabs win, round after round', async () => {
    const name = freshName()
    const storages = [browserStorage({ name }), (await openTab()).browserStorage({ name })]
    let revision: string | null = null
    for (let round = 0; round < 10; round += 1) {
      const expected: string | null = revision
      const won: boolean[] = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          storages[index % 2]!.compareAndSet('a', expected, record(`${round}/${index}`)),
        ),
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      revision = `${round}/${won.indexOf(true)}`
      for (const storage of storages) expect(await storage.read('a')).toEqual(record(revision))
    }
  })

  it('browserStorage shows the writes of one tab to the next holder of a Web Lock [3]', async () => {
    const name = freshName()
    const tabs = await Promise.all([openTab(), openTab()])
    let inside = 0
    const add = async (storage: AuthStorage): Promise<boolean> => {
      expect((inside += 1)).toBe(1)
      const stored = (await storage.read('a')) as { revision: string } | null
      const next = record(`${Number(stored?.revision ?? 0) + 1}`)
      const won = await storage.compareAndSet('a', stored?.revision ?? null, next)
      inside -= 1
      return won
    }
    const won = await Promise.all(
      tabs.flatMap(({ browserTabs, browserStorage: open }) => {
        const port = browserTabs()
        const storage = open({ name })
        return Array.from({ length: 50 }, () => port.lock('a', () => add(storage)))
      }),
    )
    expect(won).toEqual(Array.from({ length: 100 }, () => true))
    expect(await browserStorage({ name }).read('a')).toEqual(record('100'))
  })

  it('browserStorage asks for writes that are on disk when they resolve', async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction')
    await browserStorage({ name: freshName() }).compareAndSet('a', null, record('1'))
    expect(transaction.mock.lastCall?.slice(1)).toEqual(['readwrite', { durability: 'strict' }])
  })

  it('browserStorage keeps dates', async () => {
    const storage = browserStorage({ name: freshName() })
    await storage.compareAndSet('a', null, record('1', { user: { since: new Date(0) } }))
    expect(await storage.read('a')).toEqual(record('1', { user: { since: new Date(0) } }))
  })

  it('browserStorage rejects what cannot be stored, and keeps what it had', async () => {
    const storage = browserStorage({ name: freshName() })
    await storage.compareAndSet('a', null, record('1'))
    await expect(storage.compareAndSet('a', '1', record('2', { user: { greet() {} } }))).rejects.toMatchObject({
      name: 'DataCloneError',
    })
    expect(await storage.read('a')).toEqual(record('1'))
  })
})

describe('browserStorage and others at its database', () => {
  it('browserStorage lets its database be deleted at once, and begins anew', async () => {
    const name = freshName()
    const storage = browserStorage({ name })
    await storage.compareAndSet('a', null, record('1'))
    expect(await deleteDatabase(name)).toBe('at once')
    expect(await storage.read('a')).toBe(null)
    expect(await storage.compareAndSet('a', null, record('2'))).toBe(true)
    expect(await storage.read('a')).toEqual(record('2'))
  })

  it('browserStorage finishes what is under way when its database is deleted, and answers either way', async () => {
    const name = freshName()
    const storage = browserStorage({ name })
    await storage.read('a')
    const writes = Array.from({ length: 10 }, (_, index) => storage.compareAndSet(`${index}`, null, record('1')))
    const deleted = deleteDatabase(name)
    expect(await Promise.all(writes)).toEqual(Array.from({ length: 10 }, () => true))
    await deleted
    expect(await storage.compareAndSet('a', null, record('2'))).toBe(true)
    expect(await storage.read('a')).toEqual(record('2'))
  })

  it('browserStorage lets another program upgrade its database at once, and works on with the newer one', async () => {
    const name = freshName()
    const storage = browserStorage({ name })
    await storage.compareAndSet('a', null, record('1'))
    const request = indexedDB.open(name, 7)
    request.onblocked = () => expect.unreachable('the upgrade was blocked')
    request.onupgradeneeded = () => request.result.createObjectStore('more')
    const database = await settled(request)
    expect(await storage.read('a')).toEqual(record('1'))
    expect(await storage.compareAndSet('a', '1', record('2'))).toBe(true)
    database.close()
  })

  it('browserStorage mends a database that has lost its store', async () => {
    const name = freshName()
    ;(await settled(indexedDB.open(name, 3))).close()
    const both = [browserStorage({ name }), (await openTab()).browserStorage({ name })]
    expect(await Promise.all(both.map((storage) => storage.read('a')))).toEqual([null, null])
    expect(await both[0]!.compareAndSet('a', null, record('1'))).toBe(true)
    expect(await both[1]!.read('a')).toEqual(record('1'))
  })

  it('browserStorage rejects while another connection stands in the way of mending its database, and mends it then', async () => {
    const name = freshName()
    const held = await settled(indexedDB.open(name, 3))
    const storage = browserStorage({ name })
    await expect(storage.read('a')).rejects.toThrow('blocked')
    held.close()
    expect(await storage.compareAndSet('a', null, record('1'))).toBe(true)
    expect(await deleteDatabase(name)).toBe('at once')
  })

  it('browserStorage leaves a database alone that belongs to another app', async () => {
    const name = freshName()
    const request = indexedDB.open(name, 3)
    request.onupgradeneeded = () => request.result.createObjectStore('theirs')
    ;(await settled(request)).close()
    await expect(browserStorage({ name }).read('a')).rejects.toMatchObject({ name: 'NotFoundError' })
    const database = await settled(indexedDB.open(name))
    expect([database.version, ...database.objectStoreNames]).toEqual([3, 'theirs'])
    database.close()
  })
})

describe('browserStorage where the browser fails', () => {
  it('browserStorage rejects where there is no IndexedDB, and works when there is [12]', async () => {
    const storage = browserStorage({ name: freshName() })
    vi.stubGlobal('indexedDB', undefined)
    await expect(storage.read('a')).rejects.toThrow(TypeError)
    await expect(storage.compareAndSet('a', null, record('1'))).rejects.toThrow(TypeError)
    vi.unstubAllGlobals()
    expect(await storage.compareAndSet('a', null, record('1'))).toBe(true)
  })

  it('browserStorage rejects where asking for IndexedDB throws [12, 86]', async () => {
    const denied = new DOMException('denied', 'SecurityError')
    const own = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB')!
    Object.defineProperty(globalThis, 'indexedDB', {
      configurable: true,
      get() {
        throw denied
      },
    })
    const outcome = await browserStorage()
      .read('a')
      .catch((error: unknown) => error)
    Object.defineProperty(globalThis, 'indexedDB', own)
    expect(outcome).toBe(denied)
  })

  it('browserStorage rejects when the database cannot be opened', async () => {
    const name = freshName()
    ;(await settled(indexedDB.open(name, 3))).close()
    vi.spyOn(indexedDB, 'open').mockReturnValueOnce(indexedDB.open(name, 2))
    await expect(browserStorage({ name }).read('a')).rejects.toMatchObject({ name: 'VersionError' })
  })

  it('browserStorage rejects when the commit fails, keeps what it had, and works again [87]', async () => {
    const name = freshName()
    const storage = browserStorage({ name })
    await storage.compareAndSet('a', null, record('1'))
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(function (
      this: IDBObjectStore,
      ...args
    ) {
      const request = this.put(...args)
      request.addEventListener('success', () => this.transaction.abort())
      return request
    })
    const outcome = await storage.compareAndSet('a', '1', record('2')).then(String, () => 'rejected')
    expect(put).toHaveBeenCalledTimes(2)
    expect(outcome).toBe('rejected')
    expect(await storage.read('a')).toEqual(record('1'))
    expect(await storage.compareAndSet('a', '1', record('2'))).toBe(true)
  })

  it('browserStorage rejects when the browser closes the connection in the middle, and works again', async () => {
    const storage = browserStorage({ name: freshName() })
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(function (this: IDBDatabase, ...args) {
      queueMicrotask(() => this.dispatchEvent(new Event('close')))
      return this.transaction(...args)
    })
    await expect(storage.read('a')).rejects.toThrow('closed')
    expect(await storage.compareAndSet('a', null, record('1'))).toBe(true)
  })

  it('browserStorage closes its connection when the transaction cannot begin', async () => {
    const name = freshName()
    const storage = browserStorage({ name })
    const error = new DOMException('closing', 'InvalidStateError')
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw error
    })
    await expect(storage.read('a')).rejects.toBe(error)
    expect(await deleteDatabase(name)).toBe('at once')
    expect(await storage.read('a')).toBe(null)
  })
})
