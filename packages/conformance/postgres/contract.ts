/** What every session store promises. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { House } from './houses.ts'

interface Kind<THouse> {
  readonly kind: string
  readonly build: () => THouse | Promise<THouse>
  /** Several can hold locks at once. */
  readonly isShared: boolean
  /** What this kind promises beside the rest. */
  readonly more?: (house: () => THouse) => void
}

export function contractOf<THouse extends House>({ kind, build, isShared, more }: Kind<THouse>): void {
  describe(`the store in ${kind}`, () => {
    let built: THouse
    const house = (): THouse => built
    beforeAll(async () => {
      built = await build()
      console.log(`The contract of the session stores runs on ${built.name}`)
    })
    afterAll(() => built.close())

    valuesIn(house)
    turnsIn(house)
    if (isShared) sharedTurnsIn(house)
    else console.log(`NOT RUN in ${kind}: what takes two connections, such as two processes that want one lock`)
    more?.(house)
  })
}

function valuesIn(house: () => House): void {
  test('A value is read as it was written, and the later one counts', async () => {
    const store = house().open()
    expect(await store.get('none')).toBeNull()
    await store.set('it’s', 'a "value" of 3 kB: '.padEnd(3000, 'ü'), 60)
    expect(await store.get('it’s')).toBe('a "value" of 3 kB: '.padEnd(3000, 'ü'))
    await store.set('it’s', 'another', 60)
    expect(await store.get('it’s')).toBe('another')
  })

  test('A value is gone when its time is over, and the later one of two times counts', async () => {
    const store = house().open()
    await store.set('short', 'value', 30)
    await store.set('long', 'value', 10)
    await store.set('long', 'value', 90)
    await house().advance(29)
    expect(await store.get('short')).toBe('value')
    await house().advance(2)
    expect(await store.get('short')).toBeNull()
    expect(await store.get('long')).toBe('value')
    await store.set('short', 'again', 0.5)
    expect(await store.get('short')).toBe('again')
    await house().advance(0.5)
    expect(await store.get('short')).toBeNull()
  })

  test('What work has written can be read elsewhere while the work goes on, and stays if it fails', async () => {
    const store = house().open()
    const work = store.exclusive('seen', async (entries) => {
      await entries.set('seen', 'written', 60)
      expect(await entries.get('seen')).toBe('written')
      expect(await house().open().get('seen')).toBe('written')
      throw new Error('then it fails')
    })
    await expect(work).rejects.toThrow('then it fails')
    expect(await house().open().get('seen')).toBe('written')
  })
}

function turnsIn(house: () => House): void {
  test('Work hands out what it resolves with, and work that fails frees its key', async () => {
    const store = house().open()
    await expect(store.exclusive('fails', () => Promise.reject(new Error('as it should')))).rejects.toThrow('as it')
    const throws = store.exclusive('fails', () => {
      throw new Error('at once')
    })
    await expect(throws).rejects.toThrow('at once')
    expect(await store.exclusive('fails', async () => 'free')).toBe('free')
    expect(
      await house()
        .open()
        .exclusive('fails', async () => 'free'),
    ).toBe('free')
  })

  test.each([
    ['fifty keys', (index: number) => `own ${index}`],
    ['one key', () => 'common'],
  ])('Fifty renewals at once for %s end, each with two statements of its own', async (title, keyOf) => {
    const store = house().open()
    const count = (index: number) =>
      store.exclusive(keyOf(index), async (entries) => {
        const before = Number(await entries.get(title))
        await entries.set(title, String(before + 1), 60)
        return index
      })
    const looks = Array.from({ length: 20 }, () => store.get(title))
    const all = Array.from({ length: 50 }, (_, index) => index)
    expect(await Promise.all(all.map(count))).toEqual(all)
    await Promise.all(looks)
    if (title === 'one key') expect(await store.get(title)).toBe('50')
  })
}

function sharedTurnsIn(house: () => House): void {
  test('Work under one key runs alone, in whichever process it runs', async () => {
    const [one, other] = [house().open(), house().open()]
    let inside = 0
    let most = 0
    const count = async (entries: Pick<typeof one, 'get' | 'set'>): Promise<void> => {
      inside += 1
      most = Math.max(most, inside)
      const before = Number(await entries.get('counted'))
      await entries.set('counted', String(before + 1), 60)
      inside -= 1
    }
    const all = Array.from({ length: 40 }, (_, index) => index)
    await Promise.all(all.map((index) => (index % 2 === 0 ? one : other).exclusive('count', count)))
    expect(most).toBe(1)
    expect(await one.get('counted')).toBe('40')
  })

  test('Work under two keys runs at once, in one process and in two', async () => {
    const [one, other] = [house().open(), house().open()]
    for (const second of [one, other]) {
      const meeting = meet(2)
      await Promise.all([one.exclusive('first key', meeting), second.exclusive('second key', meeting)])
    }
  })
}

/** Resolves for each when all have come. */
function meet(count: number): () => Promise<void> {
  let open = (): void => {}
  const all = new Promise<void>((resolve) => (open = resolve))
  let come = 0
  return () => {
    come += 1
    if (come === count) open()
    return all
  }
}
