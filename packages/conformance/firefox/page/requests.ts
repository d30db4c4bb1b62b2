/** An app whose API is on its own origin, and every way to send a request that the tests ask for. */
import { createAuth } from '@authchart/core'
import type { Answer, BodyKind, Requests, Sender } from './requests-types.ts'

declare global {
  var requests: Requests
}

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

const post = async (path: string): Promise<Tokens> =>
  (await (await fetch(`${location.origin}${path}`, { method: 'POST' })).json()) as Tokens

const auth = createAuth({
  client: {
    origin: location.origin,
    signIn: async () => ({ ...(await post('/session')), expiresIn: 3600, user: { id: 'ann' } }),
    refresh: async () => ({ ...(await post('/refresh')), expiresIn: 3600 }),
  },
})

const senders: Readonly<Record<Sender, typeof fetch>> = {
  auth: auth.fetch,
  platform: (input, init) => fetch(input, init),
  'platform with a token': (input, init) => fetch(input, { ...init, headers: { Authorization: 'Bearer by-hand' } }),
}

const bodies: Readonly<Record<BodyKind, () => BodyInit>> = {
  text: () => '{"title":"one"}',
  blob: () => new Blob(['of a ', 'blob'], { type: 'text/plain' }),
  form() {
    const form = new FormData()
    form.set('title', 'of a form')
    form.set('file', new Blob(['in a file']), 'one.txt')
    return form
  },
  'large blob': () => new Blob([new Uint8Array(2_000_000).fill(65)]),
  'large text': () => 'A'.repeat(2_000_000),
}

async function answerOf(sent: Promise<Response>): Promise<Answer> {
  try {
    const response = await sent
    await response.text()
    return { status: response.status, url: response.url }
  } catch (error) {
    return { error: String(error) }
  }
}

globalThis.requests = {
  async signIn() {
    await auth.signIn({})
  },
  get: (address, sender) => answerOf(senders[sender](address)),
  post: (address, sender, kind) =>
    answerOf(senders[sender](new Request(address, { method: 'POST', body: bodies[kind]() }))),
}
