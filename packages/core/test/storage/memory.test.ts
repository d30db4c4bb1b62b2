import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryStorage } from '../../src/exports/storage.ts'
import { itKeepsTheStorageContract, record } from './contract.ts'

describe('memoryStorage', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  itKeepsTheStorageContract(memoryStorage)

  it('memoryStorage says that it is gone with the page', () => {
    expect(memoryStorage().scope).toBe('memory')
  })

  it('memoryStorage shares nothing with another one', async () => {
    await memoryStorage().compareAndSet('a', null, record('1'))
    expect(await memoryStorage().read('a')).toBe(null)
  })

  it('memoryStorage keeps dates and maps', async () => {
    const storage = memoryStorage()
    const user = { since: new Date(0), tags: new Map([['a', 1]]) }
    await storage.compareAndSet('a', null, record('1', { user }))
    expect(await storage.read('a')).toEqual(record('1', { user: { since: new Date(0), tags: new Map([['a', 1]]) } }))
  })

  it('memoryStorage takes a user with methods, which no other storage could', async () => {
    const storage = memoryStorage()
    const greet = () => 'hello'
    expect(await storage.compareAndSet('a', null, record('1', { user: { greet } }))).toBe(true)
    expect(await storage.read('a')).toEqual({ version: 1, revision: '1', user: { greet } })
  })

  it('memoryStorage works where structuredClone is missing, as in jsdom', async () => {
    vi.stubGlobal('structuredClone', undefined)
    const storage = memoryStorage()
    const written = record('1')
    expect(await storage.compareAndSet('a', null, written)).toBe(true)
    Object.assign(written, { revision: '2' })
    Object.assign((await storage.read('a')) as object, { revision: '3' })
    expect(await storage.read('a')).toEqual(record('1'))
  })
})
