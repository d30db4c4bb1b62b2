import { expect, test } from 'vitest'
import type { AuthError } from '../../src/errors.ts'
import { bkend } from '../../src/exports/bkend.ts'
import { call, errorOf, fakeBkend, html, json, raw } from './fake-bkend.ts'

const canary = 'CANARY-7f3a'
const echoes: (Response | Error)[] = [
  Object.assign(new TypeError(`Failed to fetch https://x/?${canary}`), { cause: new Error(canary), url: canary }),
  Object.assign(new Error(canary), { name: canary }),
  json(401, { error: { code: `auth/${canary}`, message: canary } }),
  json(401, { error: { code: canary, message: canary } }),
  json(400, { statusCode: 400, error: canary, message: canary, [canary]: canary }),
  json(400, { statusCode: 400, error: canary.replaceAll(/[^A-Z]/g, ''), message: canary }),
  json(403, { message: canary }),
  json(500, { success: false, error: { code: canary, message: canary, stack: canary } }),
  json(429, { message: canary }, { 'Retry-After': canary, Date: canary }),
  json(200, { accessToken: `${canary} `, refreshToken: canary }),
  json(200, { accessToken: canary, refreshToken: canary, tokenType: canary }),
  json(200, { id: null, email: canary }),
  raw(200, `{"accessToken":"${canary}"`),
  raw(401, canary, { 'Content-Type': `text/html; x=${canary}` }),
  html(502),
]

/** Everything of an error that a reporter could send on. */
function everythingOf(error: AuthError): string {
  const own = Object.getOwnPropertyNames(error).map((key) => JSON.stringify(error[key as keyof AuthError]) ?? '')
  return [...own, JSON.stringify(error), error.message, error.stack, String(error), JSON.stringify(error.cause)].join(
    '\n',
  )
}

test.each(echoes)('no error shows a password, a token, a code, a URL or a body (%#)', async (answer) => {
  const { client } = fakeBkend(answer)
  const secrets = { accessToken: canary, refreshToken: canary }
  const attempts = [
    client.signIn({ email: canary, password: canary }, call),
    client.signUp({ email: canary, password: canary, name: canary }, call),
    client.signIn({ token: canary }, call),
    client.signIn({ provider: 'google', code: canary, state: canary }, call),
    client.answerChallenge({ handle: { email: canary, password: canary }, code: canary }, call),
    client.refresh(secrets, call),
    client.getUser(secrets, call),
  ]
  for (const attempt of attempts) {
    const error = await errorOf(attempt)
    expect(error.name).toBe('AuthError')
    expect(everythingOf(error)).not.toMatch(/CANARY/)
  }
})

test('neither does the refusal of a base url or a key', () => {
  for (const options of [
    { publishableKey: 'pk_test', url: `http://${canary}.example` },
    { publishableKey: 'pk_test', url: `:${canary}` },
    { publishableKey: `sk_${canary}` },
  ]) {
    try {
      bkend(options)
      expect.unreachable()
    } catch (error) {
      expect(everythingOf(error as AuthError)).not.toMatch(/canary/i)
    }
  }
})
