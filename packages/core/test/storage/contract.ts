import { describe, expect, it } from 'vitest'
import type { AuthStorage, StoredRecord } from '../../src/types.ts'

export const record = (revision: string, more: object = {}): StoredRecord => ({ version: 1, revision, ...more })

/** What every storage promises. `create` gives a fresh and empty one each time. */
export function itKeepsTheStorageContract(create: () => AuthStorage | Promise<AuthStorage>): void {
  describe('the contract of a storage', () => {
    it('a storage has nothing at first', async () => {
      expect(await (await create()).read('a')).toBe(null)
    })

    it('a storage hands back what was written, under its key only', async () => {
      const storage = await create()
      expect(await storage.compareAndSet('a', null, record('1', { user: { id: 7, roles: ['x'] } }))).toBe(true)
      expect(await storage.read('a')).toEqual({ version: 1, revision: '1', user: { id: 7, roles: ['x'] } })
      expect(await storage.read('b')).toBe(null)
    })

    it('a storage replaces only the revision it is told', async () => {
      const storage = await create()
      await storage.compareAndSet('a', null, record('1'))
      expect(await storage.compareAndSet('a', null, record('2'))).toBe(false)
      expect(await storage.compareAndSet('a', '0', record('2'))).toBe(false)
      expect(await storage.read('a')).toEqual(record('1'))
      expect(await storage.compareAndSet('a', '1', record('2'))).toBe(true)
      expect(await storage.read('a')).toEqual(record('2'))
    })

    it('a storage writes nothing over nothing when a revision is expected', async () => {
      const storage = await create()
      expect(await storage.compareAndSet('a', '1', record('2'))).toBe(false)
      expect(await storage.read('a')).toBe(null)
    })

    it('a storage removes only the revision it is told', async () => {
      const storage = await create()
      await storage.compareAndSet('a', null, record('1'))
      expect(await storage.compareAndSet('a', null, null)).toBe(false)
      expect(await storage.compareAndSet('a', '0', null)).toBe(false)
      expect(await storage.read('a')).toEqual(record('1'))
      expect(await storage.compareAndSet('a', '1', null)).toBe(true)
      expect(await storage.read('a')).toBe(null)
      expect(await storage.compareAndSet('a', null, null)).toBe(true)
    })

    it('a storage lets one of many simultaneous writers win', async () => {
      const storage = await create()
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) => storage.compareAndSet('a', null, record(`${index}`))),
      )
      expect(all.filter(Boolean)).toHaveLength(1)
      expect(await storage.read('a')).toEqual(record(`${all.indexOf(true)}`))
    })

    it('a storage is not changed by what its callers do to their objects', async () => {
      const storage = await create()
      const user = { name: 'Ada' }
      const written = storage.compareAndSet('a', null, record('1', { user }))
      user.name = 'Eve'
      await written
      const first = (await storage.read('a')) as { user: { name: string } }
      first.user.name = 'Mallory'
      expect(await storage.read('a')).toEqual({ version: 1, revision: '1', user: { name: 'Ada' } })
    })

    it('a storage takes any text for a key', async () => {
      const storage = await create()
      for (const key of ['__proto__', 'constructor', 'toString', '', 'ü/:\n']) {
        expect(await storage.read(key)).toBe(null)
        expect(await storage.compareAndSet(key, null, record(`of ${key}`))).toBe(true)
        expect(await storage.read(key)).toEqual(record(`of ${key}`))
      }
    })
  })
}

/** What it promises where others can write: `plant` puts any value under the key `'a'` behind its back. */
export function itSurvivesWhatOthersWrote(
  create: () => AuthStorage | Promise<AuthStorage>,
  plant: (value: unknown) => void | Promise<void>,
): void {
  describe('what others wrote', () => {
    const garbage: unknown[] = [
      'text',
      42,
      true,
      [],
      {},
      { version: 1 },
      { revision: 'x' },
      { version: 1, revision: 5 },
      { version: 1, revision: '' },
      { version: 0, revision: 'x' },
      { version: '2', revision: 'x' },
    ]
    it.each(garbage.map((value) => [value]))(
      'a storage hands back %j as it is, and replaces it when nothing is expected',
      async (value) => {
        const storage = await create()
        await plant(value)
        expect(await storage.read('a')).toEqual(value)
        expect(await storage.compareAndSet('a', 'x', record('1'))).toBe(false)
        expect(await storage.read('a')).toEqual(value)
        expect(await storage.compareAndSet('a', null, record('1'))).toBe(true)
        expect(await storage.read('a')).toEqual(record('1'))
      },
    )

    it.each([{ version: 2, revision: 'x' }, { version: 1.5, revision: 'x' }, { version: 3 }])(
      'a storage never replaces or removes %j, which is newer than this program',
      async (value) => {
        const storage = await create()
        await plant(value)
        for (const expected of [null, 'x', '']) {
          expect(await storage.compareAndSet('a', expected, record('1'))).toBe(false)
          expect(await storage.compareAndSet('a', expected, null)).toBe(false)
        }
        expect(await storage.read('a')).toEqual(value)
      },
    )
  })
}
