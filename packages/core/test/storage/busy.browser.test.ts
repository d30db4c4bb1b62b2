/** A main thread that is busy makes a timer late and no storage slow. Real IndexedDB, a real busy thread. */
import { createAuth, type AuthClient } from '@authchart/core'
import { browserStorage } from '@authchart/core/storage'
import { afterEach, expect, inject, test } from 'vitest'

interface User {
  readonly id: string
}

const opened: { destroy(): void }[] = []
afterEach(() => {
  for (const auth of opened.splice(0)) auth.destroy()
})

function open(name: string, refresh: () => void = () => {}) {
  // a token names its user
  const grantTo = ({ id }: User, n: number) => ({
    accessToken: `${id}-${n}`,
    refreshToken: `${id}-${n}`,
    expiresIn: 3600,
  })
  const userOf = (token: string): User => ({ id: token.split('-')[0] ?? '' })
  const client: AuthClient<User, User> = {
    id: name,
    signIn: async (credentials) => grantTo(credentials, 1),
    refresh: async ({ refreshToken }) => (refresh(), grantTo(userOf(refreshToken), 2)),
    getUser: async ({ accessToken }) => userOf(accessToken),
    signOut: async () => {},
  }
  const auth = createAuth({ client, storage: browserStorage() })
  opened.push(auth)
  return auth
}

/** Longer than the time limit of a storage operation, which is 2 s. */
function keepBusy(): void {
  const until = performance.now() + 2500
  while (performance.now() < until);
}

let names = 0
const nameOf = (title: string): string => `busy-${title}-${(names += 1)}`

// each of them takes the whole machine for as long
test.each(inject('suite') === 'whole' ? [null, 0, 1, 4, 8] : [null, 1])(
  'a page that is busy as it boots, after %s ms, shows the user who is signed in [D7a]',
  async (delay) => {
    const name = nameOf('boot')
    const before = open(name)
    await before.signIn({ id: 'ann' })
    before.destroy()
    const auth = open(name)
    const required = auth.requireUser()
    if (delay === null) keepBusy()
    else await new Promise<void>((resolve) => setTimeout(() => (keepBusy(), resolve()), delay))
    await expect(required).resolves.toMatchObject({ id: 'ann' })
    expect(auth.getState()).toMatchObject({ persistence: 'stored' })
  },
)

test('a page that is busy as the mark is put renews, and once [D7b]', async () => {
  let spent = 0
  const auth = open(nameOf('mark'), () => void (spent += 1))
  await auth.signIn({ id: 'ann' })
  const renewed = auth.refresh()
  await Promise.resolve()
  keepBusy()
  await renewed
  expect(spent).toBe(1)
  expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', persistence: 'stored' })
})

test('a tab that was busy during a wake-up follows a sign-in elsewhere [D7c]', async () => {
  const name = nameOf('wake')
  const here = open(name)
  await here.signIn({ id: 'ann' })
  window.dispatchEvent(new Event('online')) // a wake-up: the record is read
  keepBusy()
  const elsewhere = open(name)
  await elsewhere.requireUser()
  await elsewhere.signIn({ id: 'bob' })
  await expect.poll(() => here.getState().user, { timeout: 60_000 }).toMatchObject({ id: 'bob' })
})
