import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  browserWithSession,
  createDisk,
  drain,
  grant,
  HOUR,
  openTab,
  SECOND,
  watch,
} from './support.ts'

describe('signing in', () => {
  it('goes through restoring, anonymous or not, authenticating and authenticated', async () => {
    const { auth, client } = openTab()
    const seen: string[] = []
    auth.subscribe(({ status }) => void seen.push(status))
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    expect(client.next('signIn').input).toEqual(annsPassword)
    client.next('signIn').answer(grant(1))
    await drain()
    expect(signedIn.value).toEqual(ann)
    expect(seen).toEqual(['authenticating', 'authenticated'])
    expect(auth.getState()).toEqual({
      status: 'authenticated',
      user: ann,
      error: null,
      renewal: 'idle',
      confirmed: true,
      persistence: 'stored',
    })
  })

  it('asks the server who it is, where the grant does not say', async () => {
    const { auth, client, status } = openTab()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer(grant(1, null))
    await drain()
    expect(status()).toBe('authenticating')
    expect(client.next('getUser').input).toEqual({ accessToken: 'access-1' })
    client.next('getUser').answer(ann)
    await drain()
    expect(signedIn.value).toEqual(ann)
    expect(client.counts.getUser).toBe(1)
  })

  it('asks three times, then fails as that did, and revokes what was granted', async () => {
    const { auth, client, stored } = openTab()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer(grant(1, null))
    for (let tries = 0; tries < 3; tries += 1) {
      await drain()
      client.next('getUser').fail('unavailable')
    }
    await drain()
    expect(signedIn.now).toBe('unavailable')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
    expect(auth.getState()).toMatchObject({ status: 'anonymous', error: { code: 'unavailable' } })
    expect(await stored()).toBe(null)
  })

  it.each([
    ['null', null],
    ['undefined', undefined],
  ])('refuses %s as the user', async (_, user) => {
    const { auth, client } = openTab()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer(grant(1, null))
    for (let tries = 0; tries < 3; tries += 1) {
      await drain()
      if (client.has('getUser')) client.next('getUser').answer(user)
    }
    await drain()
    expect(signedIn.now).toBe('invalid-response')
    expect(auth.getState()).toMatchObject({ status: 'anonymous' })
  })

  it('is told only when the session is on disk', async () => {
    const { auth, client, stored, tab } = openTab()
    await auth.requireUser().catch(() => {})
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    tab.holdStorage()
    client.next('signIn').answer(grant(1))
    await drain()
    expect([signedIn.now, auth.getState().status]).toEqual(['pending', 'authenticating'])
    tab.releaseStorage()
    await drain()
    expect(signedIn.now).toBe('resolved')
    expect(await stored()).toMatchObject({ refreshToken: 'refresh-1', user: ann, marked: false, generation: 1 })
  })

  it('that is refused leaves nobody signed in, and says why until the next try', async () => {
    const { auth, client } = openTab()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(signedIn.now).toBe('invalid-credentials')
    expect(auth.getState()).toMatchObject({ status: 'anonymous', error: { code: 'invalid-credentials' } })
    void auth.signIn(annsPassword).catch(() => {})
    expect(auth.getState()).toMatchObject({ status: 'authenticating', error: null })
  })

  it('twice with the same credentials is one request and two answers', async () => {
    const { auth, client } = openTab()
    const twice = [watch(auth.signIn(annsPassword)), watch(auth.signIn({ ...annsPassword }))]
    await drain()
    expect(client.counts.signIn).toBe(1)
    client.next('signIn').answer(grant(1))
    await drain()
    expect(twice.map(({ value }) => value)).toEqual([ann, ann])
  })

  it('again after it failed is another request', async () => {
    const { auth, client } = openTab()
    void auth.signIn(annsPassword).catch(() => {})
    await drain()
    client.next('signIn').fail('network')
    await drain()
    const again = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer(grant(1))
    await drain()
    expect(again.now).toBe('resolved')
  })

  it('with other credentials takes the place of the first', async () => {
    const { auth, client } = openTab()
    const first = watch(auth.signIn(annsPassword))
    await drain()
    const second = watch(auth.signIn(bobsPassword))
    await drain()
    expect([first.now, client.counts.signIn]).toEqual(['superseded', 2])
    client.pending[1]?.answer(grant(7, bob))
    await drain()
    expect(second.value).toEqual(bob)
  })

  it.each([
    [
      'forms',
      () => {
        const form = (password: string): FormData => {
          const data = new FormData()
          data.set('password', password)
          return data
        }
        return [form('one'), form('two')]
      },
    ],
    ['maps', () => [new Map([['password', 'one']]), new Map([['password', 'two']])]],
    ['functions', () => [() => 'one', () => 'two']],
    [
      'objects with private parts',
      () => {
        class Passkey {
          readonly #secret: string
          constructor(secret: string) {
            this.#secret = secret
          }
          get secret(): string {
            return this.#secret
          }
        }
        return [new Passkey('one'), new Passkey('two')]
      },
    ],
  ])('with other %s, which no JSON tells apart, takes its place as well', async (_, make) => {
    const { auth, client } = openTab()
    const [one, other] = make() as unknown as (typeof annsPassword)[]
    const first = watch(auth.signIn(one as typeof annsPassword))
    await drain()
    void auth.signIn(other as typeof annsPassword).catch(() => {})
    await drain()
    expect([first.now, client.counts.signIn]).toEqual(['superseded', 2])
    expect(client.pending[1]?.input).toBe(other)
  })

  it('as a sign-up with the same details is another thing', async () => {
    const { auth, client } = openTab()
    const first = watch(auth.signIn(annsPassword))
    await drain()
    const second = watch(auth.signUp(annsPassword))
    await drain()
    expect(first.now).toBe('superseded')
    client.next('signUp').answer(grant(1))
    await drain()
    expect(second.value).toEqual(ann)
  })

  it('up, where the client cannot: says so', async () => {
    const { auth, status } = openTab({ without: ['signUp'] })
    const signedUp = watch(auth.signUp(annsPassword))
    await drain()
    expect(signedUp.now).toBe('not-supported')
    expect(status()).toBe('anonymous')
  })

  it('to a client without getUser and without a user in the grant is unreadable', async () => {
    const { auth, client } = openTab({ without: ['getUser'] })
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer(grant(1, null))
    await drain()
    expect(signedIn.now).toBe('invalid-response')
  })

  it('to a server that never answers ends with the time limit, and a late grant is revoked', async () => {
    const { auth, client, clock, status } = openTab({ requestTimeout: 20 * SECOND })
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    const call = client.next('signIn')
    clock.advance(20 * SECOND)
    await drain()
    expect([signedIn.now, status(), call.signal.aborted]).toEqual(['timeout', 'anonymous', true])
    call.answer(grant(1))
    await drain()
    expect(status()).toBe('anonymous')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
  })
})

describe('a sign-in that is given up', () => {
  it('does not sign in when its answer comes late: that session is revoked', async () => {
    const { auth, client, status, stored } = openTab()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    auth.cancel()
    await drain()
    expect([signedIn.now, status()]).toEqual(['cancelled', 'anonymous'])
    client.next('signIn').answer(grant(1))
    await drain()
    expect(status()).toBe('anonymous')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
    expect(await stored()).toBe(null)
  })

  it('while it waits for the restore is never sent', async () => {
    const { auth, client, status, tab } = openTab()
    tab.holdStorage()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    auth.cancel()
    tab.releaseStorage()
    await drain()
    expect([signedIn.now, status(), client.counts.signIn]).toEqual(['cancelled', 'anonymous', 0])
  })

  it('and begun again at once: the first grant is revoked, the second signs in', async () => {
    const { auth, client } = openTab()
    void auth.signIn(annsPassword).catch(() => {})
    await drain()
    const late = client.next('signIn')
    auth.cancel()
    const again = watch(auth.signIn(annsPassword))
    await drain()
    late.answer(grant(1))
    await drain()
    expect(again.now).toBe('pending')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
    client.next('signIn').answer(grant(2))
    await drain()
    expect(again.value).toEqual(ann)
    expect(await auth.getAccessToken()).toBe('access-2')
  })
})

describe('signing in while', () => {
  it('the session is being restored waits for that, then switches', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    const signedIn = watch(tab.auth.signIn(bobsPassword))
    await drain()
    expect([tab.status(), tab.client.counts.signIn]).toEqual(['restoring', 0])
    tab.tab.releaseStorage()
    await drain()
    tab.client.next('signIn').answer(grant(7, bob))
    await drain()
    expect(signedIn.value).toEqual(bob)
    expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
  })

  it('it fails there: the restored session is there', async () => {
    const tab = openTab({}, await browserWithSession())
    const signedIn = watch(tab.auth.signIn(bobsPassword))
    await drain()
    tab.client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(signedIn.now).toBe('invalid-credentials')
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
  })

  it('a sign-out is under way: it wins, and the late end of the sign-out undoes nothing', async () => {
    const { auth, client, signIn, stored, tab } = openTab()
    await signIn()
    tab.holdStorage()
    const out = watch(auth.signOut())
    const signedIn = watch(auth.signIn(bobsPassword))
    await drain()
    client.next('signIn').answer(grant(7, bob))
    await drain()
    tab.releaseStorage()
    await drain()
    client.next('signOut').answer()
    await drain()
    expect([out.value, signedIn.value]).toEqual([{ revoked: 'yes' }, bob])
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: bob })
    expect(await stored()).toMatchObject({ user: bob, refreshToken: 'refresh-7' })
  })

  it('the session is over: it begins a new one, and remembers the old one when it fails', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    void auth.refresh().catch(() => {})
    await drain()
    client.next('refresh').fail('session-expired')
    await drain()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(signedIn.now).toBe('invalid-credentials')
    expect(auth.getState()).toMatchObject({
      status: 'expired',
      reason: 'session-expired',
      lastUser: ann,
      error: { code: 'invalid-credentials' },
    })
  })

  it('a switch is under way and the old session ends meanwhile, says so when the switch fails', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    void auth.refresh().catch(() => {})
    await drain()
    const switched = watch(auth.signIn(bobsPassword))
    await drain()
    client.next('refresh').fail('session-expired')
    await drain()
    client.next('signIn').fail('network')
    await drain()
    expect(switched.now).toBe('network')
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired', lastUser: ann })
  })
})

it('a sign-in inside a listener, after another command, is not reported as given up', async () => {
  const { auth, client, signIn, status } = openTab()
  await signIn()
  let again: ReturnType<typeof watch> | undefined
  auth.subscribe((state) => {
    if (state.status !== 'signedOut') return
    auth.dismiss()
    again = watch(auth.signIn(bobsPassword))
  })
  void auth.signOut()
  await drain()
  client.next('signOut').answer()
  await drain()
  client.next('signIn').answer(grant(7, bob))
  await drain()
  expect(status()).toBe('authenticated')
  expect(again?.value).toEqual(bob)
})

it('a session that was planted in the storage is gone after a sign-in', async () => {
  const disk = createDisk()
  const evil = openTab({ storage: disk.storage })
  await evil.signIn(bob, 66)
  evil.auth.destroy()
  const tab = openTab({ storage: disk.storage, clock: evil.clock })
  await tab.boot()
  await tab.signIn(ann, 1)
  tab.clock.advance(HOUR / 2 + 4 * 60 * SECOND)
  await drain()
  expect(tab.client.spent).toEqual(['refresh-1'])
  expect(JSON.stringify(disk.record)).not.toContain('-66')
})
