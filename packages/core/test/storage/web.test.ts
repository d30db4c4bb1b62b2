import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { webStorage } from '../../src/exports/storage.ts'
import { itKeepsTheStorageContract, itSurvivesWhatOthersWrote, record } from './contract.ts'

function fakeStorage(limit = Infinity): Storage {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem(key, value) {
      if (value.length > limit) throw new DOMException('full', 'QuotaExceededError')
      items.set(key, value)
    },
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  }
}

describe('webStorage', () => {
  let area: Storage
  beforeEach(() => {
    area = fakeStorage()
  })
  afterEach(() => {
    vi.unstubAllGlobals()
  })
  const create = () => webStorage(() => area)

  itKeepsTheStorageContract(create)
  itSurvivesWhatOthersWrote(create, (value) => area.setItem('authchart:a', JSON.stringify(value)))

  it('webStorage says that tabs do not share it', () => {
    expect(create().scope).toBe('tab')
  })

  it('webStorage hands back what is no JSON as text, and replaces it when nothing is expected', async () => {
    area.setItem('authchart:a', '{"version":1,"revi')
    expect(await create().read('a')).toBe('{"version":1,"revi')
    expect(await create().compareAndSet('a', null, record('1'))).toBe(true)
    expect(await create().read('a')).toEqual(record('1'))
  })

  it('webStorage puts its name before the key', async () => {
    await webStorage(() => area, { name: 'shop' }).compareAndSet('a', null, record('1'))
    expect(area.key(0)).toBe('shop:a')
    expect(await create().read('a')).toBe(null)
  })

  it.each(['localStorage', 'sessionStorage'] as const)(
    'webStorage asks for %s at each operation, never before',
    async (name) => {
      vi.stubGlobal(name, undefined)
      const storage = webStorage(name)
      await expect(storage.read('a')).rejects.toThrow(TypeError)
      vi.stubGlobal(name, area)
      expect(await storage.compareAndSet('a', null, record('1'))).toBe(true)
      expect(await storage.read('a')).toEqual(record('1'))
    },
  )

  it('webStorage rejects where the browser forbids it, and throws nowhere [86]', async () => {
    const denied = new DOMException('denied', 'SecurityError')
    const storage = webStorage(() => {
      throw denied
    })
    await expect(storage.read('a')).rejects.toBe(denied)
    await expect(storage.compareAndSet('a', null, record('1'))).rejects.toBe(denied)
  })

  it('webStorage rejects when it is full, and keeps what it had [87]', async () => {
    area = fakeStorage(60)
    await create().compareAndSet('a', null, record('1'))
    await expect(create().compareAndSet('a', '1', record('2', { user: 'x'.repeat(60) }))).rejects.toMatchObject({
      name: 'QuotaExceededError',
    })
    expect(await create().read('a')).toEqual(record('1'))
  })
})
