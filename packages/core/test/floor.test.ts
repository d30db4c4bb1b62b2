/**
 * The oldest runtimes that are supported: Safari and iOS 16.4, Chrome and Edge 109, Firefox 115, Node 20, and Workers, where
 * a module may do nothing random, timed or abortable while it is evaluated.
 */
import { runInThisContext } from 'node:vm'
import { createAuth } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
import { browserStorage, memoryStorage } from '@authchart/core/storage'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { refusal } from './bkend/fake-bkend.ts'
import { annsPassword, bob, drain, DUE, fakeClock, grant, openTab, scriptedClient, settle, watch } from './support.ts'

/** What at least one of them does not have. */
const newer: readonly (readonly [object, readonly string[]])[] = [
  [URL, ['canParse', 'parse']],
  [Promise, ['withResolvers', 'try']],
  [Array, ['fromAsync']],
  [Object, ['groupBy']],
  [Map, ['groupBy']],
  [AbortSignal, ['any']],
  [Array.prototype, ['toSorted', 'toReversed', 'toSpliced', 'with']],
  [String.prototype, ['isWellFormed', 'toWellFormed']],
  [Set.prototype, ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf']],
  [
    Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object,
    ['map', 'filter', 'take', 'drop', 'toArray', 'forEach', 'some', 'every', 'find', 'reduce', 'flatMap'],
  ],
  [Uint8Array, ['fromBase64', 'fromHex']],
  [Uint8Array.prototype, ['toBase64', 'toHex']],
  [Error, ['isError']],
  [RegExp, ['escape']],
  [Response, ['json']],
]

/** Whether it was our code that asked; the test runner and the platform may. */
const isOurs = (): boolean => /packages\/core\/src\//.test(new Error('who asks').stack?.split('\n')[3] ?? '')

describe('in a runtime without what is newer', () => {
  const undo: (() => void)[] = []
  beforeEach(() => {
    for (const [owner, names] of newer) {
      for (const name of names) {
        const own = Object.getOwnPropertyDescriptor(owner, name)
        if (!own) continue
        Object.defineProperty(owner, name, {
          configurable: true,
          get() {
            if (isOurs()) throw new TypeError(`${name} is newer than what is supported`)
            return own.get ? (Reflect.apply(own.get, this, []) as unknown) : (own.value as unknown)
          },
        })
        undo.push(() => Object.defineProperty(owner, name, own))
      }
    }
  })
  afterEach(() => {
    for (const restore of undo.splice(0)) restore()
  })

  it('code of the core that asks for it fails', () => {
    const ask = (filename: string): unknown => runInThisContext('URL.canParse("https://a.test")', { filename })
    expect(() => ask('/packages/core/src/probe.js')).toThrow('canParse is newer')
    expect(ask('/app/probe.js')).toBe(true)
  })

  it('a whole life goes on: sign-in, renewal, requests, a 401, a switch, a sign-out [G1, V5]', async () => {
    const tab = openTab({ allowedOrigins: ['https://api.test', 'https://b.test:8443/x'] })
    await tab.signIn()
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    tab.server.decide = ({ token }) => (token === 'access-3' ? 200 : 401)
    const asked = watch(tab.auth.fetch(new Request('https://api.test/a', { method: 'POST', body: 'text' })))
    await settle()
    tab.client.next('refresh').answer(grant(3))
    await settle()
    expect(asked.value?.status).toBe(200)
    expect(tab.auth.can('isEditor')).toBe(true)
    const switched = watch(tab.auth.signIn(annsPassword))
    await drain()
    tab.client.next('signIn').answer(grant(7, bob))
    await drain()
    const out = watch(tab.auth.signOut())
    await drain()
    while (tab.client.has('signOut')) tab.client.next('signOut').answer()
    await drain()
    expect([switched.now, out.now, tab.status()]).toEqual(['resolved', 'resolved', 'signedOut'])
  })

  it('bkend is made and called', async () => {
    const client = bkend({ publishableKey: 'pk_test', fetch: async () => refusal(401, 'auth/invalid-credentials') })
    const asked = watch(client.signIn(annsPassword, { signal: new AbortController().signal }))
    await settle()
    expect(asked.now).toBe('invalid-credentials')
  })
})

describe('while a module is evaluated, as a Worker does it', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it.each([
    ['memoryStorage', memoryStorage],
    ['browserStorage', browserStorage],
  ])('createAuth with %s does nothing random, timed or abortable [G3, V4]', (_, storage) => {
    const refuse = () => {
      throw new Error('Disallowed operation called within global scope.')
    }
    vi.stubGlobal('crypto', { getRandomValues: refuse, randomUUID: refuse })
    vi.stubGlobal('AbortController', refuse)
    vi.stubGlobal('setTimeout', refuse)
    vi.stubGlobal('setInterval', refuse)
    vi.stubGlobal('fetch', refuse)
    expect(() => createAuth({ client: bkend({ publishableKey: 'pk_1' }), storage: storage() })).not.toThrow()
    expect(() => createAuth({ client: scriptedClient(), storage: storage(), clock: fakeClock() })).not.toThrow()
  })
})
