import { expect, test } from 'vitest'
import { createWorld, type Answer } from './world.ts'

const visible = ({ status, headers, body }: Answer) => ({ status, body, headers: Object.fromEntries(headers) })
const LOCAL = 'http://localhost:5173/'

test('a wrong password and an unknown address get the same answer', async () => {
  const { call } = createWorld()
  const signIn = (email: string) =>
    call('POST', '/auth/email/signin', { body: { method: 'password', email, password: 'Wrong-one-1!' } })
  expect(visible(await signIn('nobody@demo.test'))).toEqual(visible(await signIn('user@demo.test')))
})

test('a banned account is named only to whoever knows its password', async () => {
  const { call, users } = createWorld()
  const body = { method: 'password', email: users.banned.email, password: 'Wrong-one-1!' }
  expect(await call('POST', '/auth/email/signin', { body })).toMatchObject({
    status: 401,
    body: { error: { code: 'auth/invalid-credentials' } },
  })
})

test('an unknown address takes the time of a wrong password', { timeout: 20_000 }, async () => {
  const { call } = createWorld({ limits: false })
  const timed = async (email: string) => {
    const start = performance.now()
    await call('POST', '/auth/email/signin', { body: { method: 'password', email, password: 'Wrong-one-1!' } })
    return performance.now() - start
  }
  const fastest = async (email: string) => {
    const times: number[] = []
    for (let time = 0; time < 7; time += 1) times.push(await timed(email))
    return Math.min(...times)
  }
  await timed('user@demo.test')
  const [known, unknown] = [await fastest('user@demo.test'), await fastest('nobody@demo.test')]
  // without a hash for nobody it would be a hundredth
  expect(unknown).toBeGreaterThan(known / 4)
})

test('an unknown address is limited and locked like a known one', { timeout: 20_000 }, async () => {
  const { call } = createWorld()
  const series = async (email: string) => {
    const answers: unknown[] = []
    for (let time = 0; time < 12; time += 1) {
      const body = { method: 'password', email, password: 'Wrong-one-1!' }
      answers.push(visible(await call('POST', '/auth/email/signin', { body })))
    }
    return answers
  }
  expect(await series('nobody@demo.test')).toEqual(await series('user@demo.test'))
})

test('a password reset is answered the same, and only a known address gets mail', async () => {
  const { call, control } = createWorld()
  const ask = (email: string) => call('POST', '/auth/password/reset/request', { body: { email } })
  expect(visible(await ask('nobody@demo.test'))).toEqual(visible(await ask('user@demo.test')))
  expect(control.outbox().map(({ to }) => to)).toEqual(['user@demo.test'])
})

test('a magic link is answered the same but for the address that was sent', async () => {
  const { call, control } = createWorld()
  const ask = async (email: string) => {
    const body = { method: 'magiclink', email, callbackUrl: LOCAL }
    const answer = visible(await call('POST', '/auth/email/signin', { body }))
    expect(answer.body).toEqual({ message: 'Magic link sent successfully', email })
    return { status: answer.status, headers: answer.headers }
  }
  expect(await ask('nobody@demo.test')).toEqual(await ask('user@demo.test'))
  expect(control.outbox().map(({ to }) => to)).toEqual(['user@demo.test'])
})

test('a verification mail is answered the same for unknown, verified and unverified addresses', async () => {
  const { call, control } = createWorld()
  const ask = async (email: string) => visible(await call('POST', '/auth/email/verify/send', { body: { email } }))
  const unverified = await ask('unverified@demo.test')
  expect(await ask('user@demo.test')).toEqual(unverified)
  expect(await ask('nobody@demo.test')).toEqual(unverified)
  expect(control.outbox().map(({ to }) => to)).toEqual(['unverified@demo.test'])
})
