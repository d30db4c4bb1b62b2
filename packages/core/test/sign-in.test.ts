import { describe, expect, it } from 'vitest'
import { ann, annsPassword, bob, bobsPassword, drain, grant, openTab, SECOND, watch } from './support.ts'

describe('signing in', () => {
  it('signing in goes through restoring, anonymous or not, authenticating and authenticated', async () => {
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

  it('signing in asks the server who it is, where the grant does not say', async () => {
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

  it('signing in asks three times, then fails as that did, and revokes what was granted [52]', async () => {
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
  ])('signing in refuses %s as the user', async (_, user) => {
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

  it('signing in is told only when the session is on disk [101]', async () => {
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

  it('a sign-in that is refused leaves no user signed in, and says why until the next try', async () => {
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

  it('signing in twice with the same credentials is one request and two answers [108]', async () => {
    const { auth, client } = openTab()
    const twice = [watch(auth.signIn(annsPassword)), watch(auth.signIn({ ...annsPassword }))]
    await drain()
    expect(client.counts.signIn).toBe(1)
    client.next('signIn').answer(grant(1))
    await drain()
    expect(twice.map(({ value }) => value)).toEqual([ann, ann])
  })

  it('signing in again after it failed is another request', async () => {
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

  it('signing in with other credentials takes the place of the first', async () => {
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
  ])('signing in with other %s, which no JSON tells apart, takes its place as well', async (_, make) => {
    const { auth, client } = openTab()
    const [one, other] = make() as unknown as (typeof annsPassword)[]
    const first = watch(auth.signIn(one as typeof annsPassword))
    await drain()
    void auth.signIn(other as typeof annsPassword).catch(() => {})
    await drain()
    expect([first.now, client.counts.signIn]).toEqual(['superseded', 2])
    expect(client.pending[1]?.input).toBe(other)
  })

  it('signing up with the same details is another thing than signing in', async () => {
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

  it('signing up where the client cannot is an error that says so', async () => {
    const { auth, status } = openTab({ without: ['signUp'] })
    const signedUp = watch(auth.signUp(annsPassword))
    await drain()
    expect(signedUp.now).toBe('not-supported')
    expect(status()).toBe('anonymous')
  })

  it('signing in to a client without getUser and without a user in the grant is unreadable', async () => {
    const { auth, client } = openTab({ without: ['getUser'] })
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer(grant(1, null))
    await drain()
    expect(signedIn.now).toBe('invalid-response')
  })

  it('signing in to a server that never answers ends with the time limit, and a late grant is revoked [109]', async () => {
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
