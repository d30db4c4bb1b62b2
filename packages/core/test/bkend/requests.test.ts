import { expect, test, describe } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { bkend, type BkendCredentials } from '../../src/exports/bkend.ts'
import { call, errorOf, fakeBkend, json, password, refusal, tokens } from './fake-bkend.ts'

const user = { id: 'u1', email: 'ada@example.com', name: 'Ada', role: 'user' }
const social = {
  provider: 'github',
  code: 'from-github',
  redirectUri: 'https://app.example/callback',
  state: 'of-the-state',
} as const

describe('the current dialect', () => {
  const origin = 'https://api-client.bkend.ai'
  const sent = async (answer: Response, act: (client: ReturnType<typeof bkend>) => Promise<unknown>) => {
    const { client, calls } = fakeBkend(answer)
    await act(client)
    expect(calls).toHaveLength(1)
    const { method, url, headers, body } = calls[0]!
    return { method, url, headers, body }
  }
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'x-api-key': 'pk_test' }

  test('the current dialect signs in with a password', async () => {
    expect(await sent(json(200, tokens), (client) => client.signIn({ ...password, name: 'Ada' }, call))).toEqual({
      method: 'POST',
      url: `${origin}/v1/auth/email/signin`,
      headers,
      body: { method: 'password', email: 'ada@example.com', password: 'correct horse' },
    })
  })

  test('the current dialect signs up, with a name', async () => {
    expect(await sent(json(201, tokens), (client) => client.signUp({ ...password, name: 'Ada' }, call))).toEqual({
      method: 'POST',
      url: `${origin}/v1/auth/email/signup`,
      headers,
      body: { method: 'password', email: 'ada@example.com', password: 'correct horse', name: 'Ada' },
    })
  })

  test('the current dialect redeems a magic link', async () => {
    expect(await sent(json(200, tokens), (client) => client.signIn({ token: 'from-the-mail' }, call))).toEqual({
      method: 'POST',
      url: `${origin}/v1/auth/email/callback`,
      headers,
      body: { token: 'from-the-mail' },
    })
  })

  test('the current dialect redeems a social code or an id token', async () => {
    expect(await sent(json(200, tokens), (client) => client.signIn(social, call))).toEqual({
      method: 'POST',
      url: `${origin}/v1/auth/github/callback`,
      headers,
      body: { code: 'from-github', redirectUri: 'https://app.example/callback', state: 'of-the-state' },
    })
    const google = { provider: 'google', idToken: 'from-google' } as const
    expect(await sent(json(200, tokens), (client) => client.signUp(google, call))).toMatchObject({
      url: `${origin}/v1/auth/google/callback`,
      body: { idToken: 'from-google' },
    })
  })

  test('the current dialect renews', async () => {
    const act = (client: ReturnType<typeof bkend>) => client.refresh({ refreshToken: 'refresh-1' }, call)
    expect(await sent(json(200, tokens), act)).toEqual({
      method: 'POST',
      url: `${origin}/v1/auth/refresh`,
      headers,
      body: { refreshToken: 'refresh-1' },
    })
  })

  test('the current dialect asks who is signed in', async () => {
    expect(await sent(json(200, user), (client) => client.getUser({ accessToken: 'access-1' }, call))).toEqual({
      method: 'GET',
      url: `${origin}/v1/auth/me`,
      headers: { accept: 'application/json', authorization: 'Bearer access-1', 'x-api-key': 'pk_test' },
      body: null,
    })
  })

  test('the current dialect signs out', async () => {
    const act = (client: ReturnType<typeof bkend>) =>
      client.signOut({ accessToken: 'access-1', refreshToken: 'refresh-1' }, call)
    const expected = {
      method: 'POST',
      url: `${origin}/v1/auth/signout`,
      headers: { accept: 'application/json', authorization: 'Bearer access-1', 'x-api-key': 'pk_test' },
      body: null,
    }
    expect(await sent(json(200, { message: 'bye' }), act)).toEqual(expected)
    expect(await sent(new Response(null, { status: 204 }), act)).toEqual(expected)
  })

  test('the current dialect does not sign out without an access token, because no server would know whom', async () => {
    const { client, calls } = fakeBkend(json(200, {}))
    const error = await errorOf(client.signOut({ accessToken: null, refreshToken: 'refresh-1' }, call))
    expect(error.code).toBe('not-authenticated')
    expect(calls).toHaveLength(0)
  })
})

describe('the early dialect', () => {
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'x-project-id': 'project-1' }
  const early = (answer: Response) => fakeBkend(answer, { dialect: 'early', publishableKey: 'project-1' })
  const answer = { access_token: 'access-1', refresh_token: 'refresh-2', token_type: 'bearer', expires_in: 3600, user }

  test('the early dialect has other paths, another header, no method, and snake case', async () => {
    const { client, calls } = early(json(200, answer))
    await client.signIn(password, call)
    await client.signUp({ ...password, name: 'Ada' }, call)
    await client.signIn({ ...social, provider: 'google' }, call)
    await client.refresh({ refreshToken: 'refresh-1' }, call)
    await client.signOut({ accessToken: 'access-1', refreshToken: null }, call)
    expect(calls.map(({ method, url, headers, body }) => ({ method, url, headers, body }))).toEqual([
      {
        method: 'POST',
        url: 'https://api.bkend.ai/v1/auth/email/signin',
        headers,
        body: { email: 'ada@example.com', password: 'correct horse' },
      },
      {
        method: 'POST',
        url: 'https://api.bkend.ai/v1/auth/email/signup',
        headers,
        body: { email: 'ada@example.com', password: 'correct horse', name: 'Ada' },
      },
      {
        method: 'POST',
        url: 'https://api.bkend.ai/v1/auth/google/callback',
        headers,
        body: { code: 'from-github', redirect_uri: 'https://app.example/callback', state: 'of-the-state' },
      },
      {
        method: 'POST',
        url: 'https://api.bkend.ai/v1/auth/refresh',
        headers,
        body: { refresh_token: 'refresh-1' },
      },
      {
        method: 'POST',
        url: 'https://api.bkend.ai/v1/auth/signout',
        headers: { accept: 'application/json', authorization: 'Bearer access-1', 'x-project-id': 'project-1' },
        body: null,
      },
    ])
  })

  test('the early dialect sends the second factor in snake case too', async () => {
    const { client, calls } = early(json(200, answer))
    await client.answerChallenge({ handle: password, code: '123456' }, call)
    expect(calls[0]?.body).toEqual({ email: 'ada@example.com', password: 'correct horse', mfa_code: '123456' })
  })

  test('the early dialect names the environment in every request, if there is one [E2b]', async () => {
    const options = { dialect: 'early', publishableKey: 'project-1', environment: 'dev' } as const
    const { client, calls } = fakeBkend(json(200, user), options)
    await client.getUser({ accessToken: 'access-1' }, call)
    const own = { 'x-project-id': 'project-1', 'x-environment': 'dev' }
    expect(client.headers()).toEqual(own)
    expect(calls[0]?.headers).toEqual({ accept: 'application/json', authorization: 'Bearer access-1', ...own })
  })

  test('the early dialect brings the user along', async () => {
    const { client } = early(json(200, answer))
    expect(await client.signIn(password, call)).toMatchObject({
      accessToken: 'access-1',
      refreshToken: 'refresh-2',
      expiresIn: 3600,
      user: { id: 'u1', role: 'user' },
    })
  })
})

describe('every request', () => {
  test('every request follows no redirect, carries no cookie, is cached nowhere and dies with its signal [72]', async () => {
    const { client, calls } = fakeBkend(json(200, tokens))
    const { signal } = new AbortController()
    await client.refresh({ refreshToken: 'refresh-1' }, { signal })
    const { redirect, credentials, cache, keepalive, signal: sent } = calls[0]!.init
    expect({ redirect, credentials, cache, keepalive }).toEqual({
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      keepalive: undefined,
    })
    expect(sent).toBe(signal)
  })

  test('the request of a sign-out outlives the page if the core says that the page may be closing', async () => {
    const { client, calls } = fakeBkend(json(200, {}))
    const secrets = { accessToken: 'access-1', refreshToken: null }
    await client.signOut(secrets, { ...call, keepalive: true })
    await client.signOut(secrets, { ...call, keepalive: false })
    await client.signOut(secrets, call)
    expect(calls.map(({ init }) => init.keepalive)).toEqual([true, undefined, undefined])
  })

  test('every request is sent once, whatever comes back [18, 21]', async () => {
    for (const answer of [refusal(503, 'x', { 'Retry-After': '0' }), refusal(429, 'x'), new TypeError('dropped')]) {
      const { client, calls } = fakeBkend(answer)
      await errorOf(client.refresh({ refreshToken: 'refresh-1' }, call))
      expect(calls).toHaveLength(1)
    }
  })

  test('every request goes through the global fetch of that moment when none is given', async () => {
    const client = bkend({ publishableKey: 'pk_test' })
    const before = globalThis.fetch
    const { fetch, calls } = fakeBkend(json(200, user))
    try {
      globalThis.fetch = fetch
      await client.getUser({ accessToken: 'access-1' }, call)
    } finally {
      globalThis.fetch = before
    }
    expect(calls).toHaveLength(1)
  })

  test('every request calls a given fetch without a receiver, as the browser’s own one wants it', async () => {
    const receivers: unknown[] = []
    const fetch = function (this: unknown) {
      receivers.push(this)
      return Promise.resolve(json(200, tokens))
    }
    await bkend({ publishableKey: 'pk_test', fetch }).signIn(password, call)
    expect(receivers).toEqual([undefined])
  })
})

describe('the second factor', () => {
  test('a sign-in that needs one resolves to a challenge, and its answer sends the same body with the code [114]', async () => {
    const { client, calls } = fakeBkend([refusal(403, 'auth/mfa-required'), json(200, tokens)])
    const credentials = { ...password }
    const demand = await client.signIn(credentials, call)
    expect(demand).toEqual({ challenge: { kind: 'totp', handle: password, expiresIn: 300 } })
    credentials.password = 'edited meanwhile'
    const { handle } = (demand as { challenge: { handle: unknown } }).challenge
    expect(await client.answerChallenge({ handle, code: '123456' }, call)).toMatchObject({ accessToken: 'access-1' })
    expect(calls[1]).toMatchObject({
      url: 'https://api-client.bkend.ai/v1/auth/email/signin',
      body: { method: 'password', email: 'ada@example.com', password: 'correct horse', mfaCode: '123456' },
    })
  })

  test('a wrong code is a wrong code, also where the server merely asks again', async () => {
    for (const answer of [refusal(401, 'auth/invalid-mfa-code'), refusal(403, 'auth/mfa-required')]) {
      const { client } = fakeBkend(answer)
      const error = await errorOf(client.answerChallenge({ handle: password, code: '000000' }, call))
      expect(error.code).toBe('invalid-code')
    }
  })
})

describe('credentials that cannot work are not sent', () => {
  const hopeless = [
    { email: 'ada@example.com' },
    { email: 'ada@example.com', password: '' },
    { password: 'correct horse' },
    { token: '' },
    { provider: 'google' },
    { provider: '../../v2/steal', code: 'from-google' },
    { provider: 'google', code: '' },
    {},
    null,
    undefined,
    'ada@example.com',
  ]
  test.each(hopeless)('%j', async (credentials) => {
    const { client, calls } = fakeBkend(json(200, tokens))
    const error = await errorOf(client.signIn(credentials as BkendCredentials, call))
    expect(error).toBeInstanceOf(AuthError)
    expect(error.code).toBe('invalid-request')
    expect((await errorOf(client.answerChallenge({ handle: credentials, code: '123456' }, call))).code).toBe(
      'invalid-request',
    )
    expect(calls).toHaveLength(0)
  })
})

describe('where the server is', () => {
  const urlOf = async (url: string, dialect: 'current' | 'early' = 'current') => {
    const { client, calls } = fakeBkend(json(200, user), { url, dialect })
    await client.getUser({ accessToken: 'access-1' }, call)
    return calls[0]?.url
  }

  test('a base url may have a path, a slash at its end, or the version already in it', async () => {
    expect(await urlOf('https://bkend.example')).toBe('https://bkend.example/v1/auth/me')
    expect(await urlOf('https://bkend.example/')).toBe('https://bkend.example/v1/auth/me')
    expect(await urlOf('https://bkend.example/v1')).toBe('https://bkend.example/v1/auth/me')
    expect(await urlOf('https://bkend.example/v1/')).toBe('https://bkend.example/v1/auth/me')
    expect(await urlOf('https://app.example/api/bkend')).toBe('https://app.example/api/bkend/v1/auth/me')
  })

  test('a base url of the early dialect may leave out the version, as one of the current dialect may [E4b]', async () => {
    expect(await urlOf('https://bkend.example', 'early')).toBe('https://bkend.example/v1/auth/me')
    expect(await urlOf('https://bkend.example/', 'early')).toBe('https://bkend.example/v1/auth/me')
    expect(await urlOf('https://bkend.example/v1', 'early')).toBe('https://bkend.example/v1/auth/me')
    expect(await urlOf('https://bkend.example/v1/', 'early')).toBe('https://bkend.example/v1/auth/me')
    expect(await urlOf('https://bkend.example/early/v1', 'early')).toBe('https://bkend.example/early/v1/auth/me')
    expect(await urlOf('https://bkend.example/api', 'early')).toBe('https://bkend.example/api/v1/auth/me')
  })

  test('nothing in a base url can lead to another host [65]', async () => {
    expect(await urlOf('https://bkend.example//evil.example')).toBe('https://bkend.example//evil.example/v1/auth/me')
    expect(await urlOf('https://bkend.example?//evil.example')).toBe('https://bkend.example/v1/auth/me')
    expect(await urlOf('https://bkend.example#@evil.example')).toBe('https://bkend.example/v1/auth/me')
  })

  test('http is for this machine only, unless the app allows it [66]', () => {
    const refused = [
      'http://bkend.example',
      'http://localhost.evil.example',
      'http://127.evil.example',
      'http://127.0.0.1.evil.example',
      'http://10.0.0.1',
      'http://[::2]',
      'http://notlocalhost',
      'ftp://localhost',
      'javascript:alert(1)',
      'data:text/plain,x',
      '//bkend.example',
      '/v1',
      '',
    ]
    for (const url of refused) {
      const act = () => bkend({ publishableKey: 'pk_test', url })
      expect(act, url).toThrow(expect.objectContaining({ code: 'misconfigured' }))
    }
    const allowed = [
      'http://localhost:4000',
      'http://app.localhost',
      'http://127.0.0.1:4000/v1',
      'http://127.1',
      'http://[::1]:4000',
      'HTTPS://BKEND.EXAMPLE',
    ]
    for (const url of allowed) expect(() => bkend({ publishableKey: 'pk_test', url }), url).not.toThrow()
  })

  test('http on another machine is taken if the app allows it, for a phone in development [E4d, F3]', async () => {
    const url = 'http://192.168.0.10:8787'
    expect(() => bkend({ publishableKey: 'pk_test', url })).toThrow(expect.objectContaining({ code: 'misconfigured' }))
    const { client, calls } = fakeBkend(json(200, tokens), { url, allowHttp: true })
    await client.signIn(password, call)
    expect([client.origin, calls[0]?.url]).toEqual([url, `${url}/v1/auth/email/signin`])
    for (const other of ['ftp://192.168.0.10', 'javascript:alert(1)', '/v1', '']) {
      expect(() => bkend({ publishableKey: 'pk_test', url: other, allowHttp: true }), other).toThrow(AuthError)
    }
  })

  test('a key that is none, cannot stand in a header or is secret is refused before anything is sent', () => {
    for (const publishableKey of [
      '',
      'pk_\r\nX-Evil: 1',
      'pk_ü',
      'pk test',
      'sk_0123',
      undefined as unknown as string,
    ]) {
      const act = () => bkend({ publishableKey })
      expect(act, publishableKey).toThrow(expect.objectContaining({ code: 'misconfigured' }))
    }
  })

  test('the client says where it talks to, and which app it is [16]', () => {
    const { origin, id, replay } = bkend({ publishableKey: 'pk_test', url: 'https://bkend.example/api/v1' })
    expect({ origin, id, replay }).toEqual({
      origin: 'https://bkend.example',
      id: 'https://bkend.example pk_test',
      replay: 'forbidden',
    })
  })

  test('two environments of one early project are two apps', () => {
    const idOf = (environment?: string) => bkend({ publishableKey: 'project-1', dialect: 'early', environment }).id
    expect([idOf(), idOf('dev'), idOf('prod')]).toEqual([
      'https://api.bkend.ai project-1',
      'https://api.bkend.ai project-1 dev',
      'https://api.bkend.ai project-1 prod',
    ])
  })
})
