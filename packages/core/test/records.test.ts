import { describe, expect, it } from 'vitest'
import { ann, createDisk, DAY, drain, DUE, grant, HOUR, KEY, MINUTE, openTab, uncaughtDuring } from './support.ts'

/** A disk that holds the session of a user who signed in. */
async function diskWithSession() {
  const disk = createDisk()
  const first = openTab({ storage: disk.storage })
  await first.signIn()
  first.auth.destroy()
  await drain()
  return { disk, clock: first.clock }
}

describe('a record that is none of ours', () => {
  const whole = {
    version: 1,
    revision: 'r',
    id: 'session',
    generation: 1,
    user: ann,
    accessToken: 'access-1',
    refreshToken: 'refresh-1',
    receivedAt: 1_700_000_000_000,
    lifetime: 3_600_000,
    marked: false,
  }
  const garbage: readonly (readonly [string, unknown])[] = [
    ['a text', 'null'],
    ['half of a JSON', '{"version":1,"acc'],
    ['a number', 42],
    ['true', true],
    ['a list', [whole]],
    ['an empty object', {}],
    ['an older version', { ...whole, version: 0 }],
    ['the version as text', { ...whole, version: '1' }],
    ['no revision', { ...whole, revision: undefined }],
    ['an empty revision', { ...whole, revision: '' }],
    ['no id', { ...whole, id: null }],
    ['a number for an id', { ...whole, id: 7 }],
    ['no user', { ...whole, user: undefined }],
    ['no tokens', { ...whole, accessToken: null, refreshToken: null }],
    ['tokens with line breaks', { ...whole, accessToken: 'a\nb', refreshToken: 'c\rd' }],
    ['tokens in lists', { ...whole, accessToken: ['a'], refreshToken: ['b'] }],
    ['a generation that is text', { ...whole, generation: '1' }],
    ['a generation below zero', { ...whole, generation: -1 }],
    ['a generation that is none', { ...whole, generation: Number.NaN }],
    ['a generation beyond counting', { ...whole, generation: 2 ** 60 }],
    ['a time of receipt that is none', { ...whole, receivedAt: Number.NaN }],
    ['a lifetime without end', { ...whole, lifetime: Infinity }],
    ['a lifetime below zero', { ...whole, lifetime: -1 }],
    ['a lifetime of a century', { ...whole, lifetime: 36_500 * DAY }],
    ['an end for no reason', { version: 1, revision: 'r', id: 'session', ended: 'because', user: ann }],
    ['an end that was asked for', { version: 1, revision: 'r', id: 'session', ended: 'signed-out', user: ann }],
  ]

  it.each(garbage)('%s is no session, throws nothing, and is replaced by a sign-in [90, 93, 95]', async (_, record) => {
    const disk = createDisk()
    disk.records.set(KEY, record)
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab({ storage: disk.storage })
      await tab.boot()
      expect(tab.auth.getState()).toMatchObject({ status: 'anonymous', error: null, persistence: 'stored' })
      expect(tab.client.pending).toEqual([])
      await tab.signIn()
      expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', persistence: 'stored' })
      expect(disk.record).toMatchObject({ version: 1, refreshToken: 'refresh-1', user: ann })
    })
    expect(uncaught).toEqual([])
  })

  it('a newer version: it is left alone, and the session lasts as long as the page [15, 94]', async () => {
    const disk = createDisk()
    const newer = { ...whole, version: 2 }
    disk.records.set(KEY, newer)
    const tab = openTab({ storage: disk.storage })
    await tab.boot()
    expect(tab.status()).toBe('anonymous')
    await tab.signIn()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', persistence: 'memory' })
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    await tab.auth.getAccessToken()
    expect(disk.record).toEqual(newer)
    expect(new Set(tab.warnings)).toEqual(new Set(['storage-unavailable']))
  })

  it('an object whose properties throw is no session, and nothing hangs', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const storage = {
        scope: 'shared' as const,
        read: () =>
          Promise.resolve({
            get version(): never {
              throw new Error('no')
            },
          }),
        compareAndSet: () => Promise.resolve(false),
      }
      const tab = openTab({ storage })
      await tab.boot()
      expect(tab.status()).toBe('anonymous')
    })
    expect(uncaught).toEqual([])
  })

  it('a role that another script wrote into it opens no guard [91]', async () => {
    const { disk, clock } = await diskWithSession()
    disk.records.set(KEY, { ...disk.record, user: { ...ann, role: 'admin' } })
    const tab = openTab({ storage: disk.storage, clock, guards: { isEditor: () => true, owns: () => true } })
    await tab.boot()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', confirmed: false })
    expect(tab.auth.can('isEditor')).toBe(false)
    tab.client.next('getUser').answer(ann)
    await drain()
    expect(tab.auth.can('isEditor')).toBe(true)
    expect(tab.auth.getState().user).toEqual(ann)
  })

  it('a time of receipt in the future: the token is not good for longer than it lives [91]', async () => {
    const { disk, clock } = await diskWithSession()
    disk.records.set(KEY, { ...disk.record, receivedAt: clock.now() + 400 * DAY })
    const tab = openTab({ storage: disk.storage, clock, without: ['refresh'] })
    await tab.boot()
    clock.advance(HOUR + MINUTE)
    await drain()
    expect(tab.status()).toBe('expired')
  })
})
