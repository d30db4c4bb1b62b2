import { verify } from '@node-rs/argon2'
import { expect, test, vi } from 'vitest'
import { createWorld, type Answer } from './world.ts'

const visible = ({ status, headers, body }: Answer) => ({ status, body, headers: Object.fromEntries(headers) })
const LOCAL = 'http://localhost:5173/'

vi.mock('@node-rs/argon2', { spy: true })

test('a wrong password and an unknown address get the same answer', async () => {
  const { call } = createWorld()
  const signIn = (email: string) =>
    call('POST', '/auth/email/signin', { body: { method: 'password', email, password: 'Wrong-one-1!' } })
  expect(visible(await signIn('nobody@demo.test'))).toEqual(visible(await signIn('user@demo.test')))
})

test('a banned account is named only to a caller who knows its password', async () => {
  const { call, users } = createWorld()
  const body = { method: 'password', email: users.banned.email, password: 'Wrong-one-1!' }
  expect(await call('POST', '/auth/email/signin', { body })).toMatchObject({
    status: 401,
    body: { error: { code: 'auth/invalid-credentials' } },
  })
})

test('an unknown address costs the hash of a wrong password: as many, and as expensive ones', async () => {
  const { call } = createWorld({ limits: false })
  const hashesFor = async (email: string) => {
    vi.mocked(verify).mockClear()
    await call('POST', '/auth/email/signin', { body: { method: 'password', email, password: 'Wrong-one-1!' } })
    // algorithm, version and costs
    return vi.mocked(verify).mock.calls.map(([hashed]) => String(hashed).split('$').slice(1, 4))
  }
  const known = await hashesFor('user@demo.test')
  expect(known).toEqual([['argon2id', 'v=19', 'm=19456,t=2,p=1']])
  expect(await hashesFor('nobody@demo.test')).toEqual(known)
})

test('an unknown address is limited and locked like a known one', async () => {
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
