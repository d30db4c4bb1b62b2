import { AuthError } from '@authchart/core'
import { memorySessionStore, type SessionStore, type StoreEntries } from '@authchart/core/server'
import { expect, test } from 'vitest'
import { ada, browserAt, handlerOf, strictUpstream } from './support.ts'

/** The store as a process has it that dies after so many writes: it says nothing any more, and its lock is free. */
function untilDeath(shared: StoreEntries, writes: number) {
  let left = writes
  let die = (): void => {}
  const death = new Promise<void>((resolve) => (die = resolve))
  const entries: StoreEntries = {
    get: shared.get,
    async set(...entry) {
      left -= 1
      if (left >= 0) return shared.set(...entry)
      die()
      return new Promise(() => {})
    },
  }
  const store: SessionStore = { ...entries, exclusive: (_, work) => work(entries) }
  return { store, death }
}

async function renewAndDie(writes: number) {
  const { client, replays, log } = strictUpstream()
  const shared = memorySessionStore()
  const { store, death } = untilDeath(shared, writes)
  let handler = handlerOf(client, { store }).handler
  const browser = browserAt(Object.assign((request: Request) => handler(request), { readSession: handler.readSession }))
  const { body } = await browser.call('sign-in', { credentials: ada })
  const renew = () => browser.call('refresh', { session: body.session?.id, generation: 1 })
  const answer = renew().then(() => 'answered')
  const end = await Promise.race([answer, death.then(() => 'died')])
  handler = handlerOf(client, { store: shared }).handler
  return { end, browser, renew, replays, log }
}

test('A process that dies before it says that a token is sent sends none, and the next one does', async () => {
  const { end, renew, replays, log } = await renewAndDie(0)
  expect(end).toBe('died')
  expect(log).not.toContain('refresh')
  expect((await renew()).body.session).toMatchObject({ generation: 2, accessToken: 'canary-access-2' })
  expect(replays()).toBe(0)
})

test('A process that dies before the answer is kept leaves word of that, and the token is not sent again', async () => {
  const { end, browser, renew, replays } = await renewAndDie(1)
  expect(end).toBe('died')
  expect((await browser.call('session')).body.session).toMatchObject({ generation: 1 })
  expect((await renew()).body.error?.code).toBe('refresh-indeterminate')
  expect(replays()).toBe(0)
})

test.each([2, 3])('A process that dies after %d writes has kept the answer for the next one', async (writes) => {
  const { browser, renew, replays } = await renewAndDie(writes)
  // the answer may have been on its way: this browser has not read it
  const copy = await browser.call('session')
  expect(copy.body.session).toMatchObject({ generation: 2, accessToken: 'canary-access-2' })
  expect((await renew()).body.session).toMatchObject({ generation: 2 })
  expect(replays()).toBe(0)
})

/** A store that keeps the mark, and nothing after it. */
function afterOneWrite(shared: StoreEntries): SessionStore {
  let writes = 0
  const entries: StoreEntries = {
    get: shared.get,
    async set(...entry) {
      writes += 1
      if (writes > 1) throw new AuthError('unavailable')
      return shared.set(...entry)
    },
  }
  return { ...entries, exclusive: (_, work) => work(entries) }
}

test('A store that fails when the refusal has come does not keep that from the browser', async () => {
  const refresh = (): Promise<never> => Promise.reject(new AuthError('session-expired', { status: 401 }))
  const { client } = strictUpstream({ refresh })
  const browser = browserAt(handlerOf(client, { store: afterOneWrite(memorySessionStore()) }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  await browser.call('refresh', { session: body.session?.id, generation: 1 })
  expect((await browser.call('session')).body.ended).toMatchObject({ reason: 'session-expired' })
})

test('A store that fails when the answer has come does not keep it from the browser', async () => {
  const { client, replays } = strictUpstream()
  const shared = memorySessionStore()
  const failing = handlerOf(client, { store: afterOneWrite(shared) }).handler
  let handler = failing
  const browser = browserAt(Object.assign((request: Request) => handler(request), { readSession: handler.readSession }))
  const { body } = await browser.call('sign-in', { credentials: ada })
  const renewed = await browser.call('refresh', { session: body.session?.id, generation: 1 })
  expect(renewed.body.session).toMatchObject({ generation: 2, accessToken: 'canary-access-2' })
  handler = handlerOf(client, { store: shared }).handler
  const again = await browser.call('refresh', { session: body.session?.id, generation: 2 })
  expect(again.body.session).toMatchObject({ generation: 3, accessToken: 'canary-access-3' })
  expect(replays()).toBe(0)
})

test('A page that opens while a session is renewed does not take away the word that its token is spent', async () => {
  const { client, replays } = strictUpstream()
  const shared = memorySessionStore()
  let hasRead = (): void => {}
  let goOn = (): void => {}
  const reading = new Promise<void>((resolve) => (hasRead = resolve))
  const going = new Promise<void>((resolve) => (goOn = resolve))
  const slow: SessionStore = {
    ...shared,
    async get(key) {
      const value = await shared.get(key)
      hasRead()
      await going
      return value
    },
  }
  const browser = browserAt(handlerOf(client, { store: slow }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const renew = (generation: number) => browser.call('refresh', { session: body.session?.id, generation })
  await renew(1)
  const before = new Map(browser.cookies)
  const opening = browser.call('session')
  await reading
  await renew(2)
  goOn()
  await opening
  // the answer of the renewal was lost
  for (const [name, value] of before) browser.cookies.set(name, value)
  expect((await renew(2)).body.session).toMatchObject({ generation: 3, accessToken: 'canary-access-3' })
  expect(replays()).toBe(0)
})
