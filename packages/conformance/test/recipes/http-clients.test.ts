import { expect, test } from 'vitest'
import { signedInFor, startApi } from './api.ts'
import { isRefused } from './graphql.ts'
import { withAxios, withKy, withOpenApi } from './http-clients.ts'

interface Paths {
  '/notes': {
    get: { responses: { 200: { content: { 'application/json': string[] } } } }
    post: {
      requestBody: { content: { 'application/json': { text: string } } }
      responses: { 200: { content: { 'application/json': string[] } } }
    }
  }
}

type Auth = ReturnType<typeof signedInFor>

const clients = {
  ky: (auth: Auth, url: string) =>
    withKy(auth, url)
      .post('notes', { json: { text: 'tea' } })
      .json(),
  axios: async (auth: Auth, url: string) => (await withAxios(auth, url).post<string[]>('/notes', { text: 'tea' })).data,
  'openapi-fetch': async (auth: Auth, url: string) =>
    (await withOpenApi<Paths>(auth, url).POST('/notes', { body: { text: 'tea' } })).data,
}

test.each(Object.entries(clients))('%s sends a body again, whole, if the token was refused [W4]', async (_, post) => {
  const { arrived, url } = await startApi('access-2')
  const auth = signedInFor(url)
  expect(await post(auth, url)).toEqual(['milk'])
  expect(arrived).toEqual([
    { call: 'POST /notes', token: 'access-1', body: '{"text":"tea"}' },
    { call: 'POST /notes', token: 'access-2', body: '{"text":"tea"}' },
  ])
})

test.each(Object.entries(clients))('%s sends no token after a sign-out [W4]', async (_, post) => {
  const { arrived, url } = await startApi('access-1')
  const auth = signedInFor(url)
  await auth.signOut()
  await post(auth, url).catch(() => {})
  expect(arrived.map(({ token }) => token)).toEqual([undefined])
})

test('a GraphQL server that refuses a token with the status 200 is asked again with a new one [W4]', async () => {
  const { arrived, url } = await startApi('access-2', (isAllowed) => ({
    status: 200,
    body: isAllowed ? { data: { notes: [] } } : { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
  }))
  const auth = signedInFor(url, { isRefused })
  const query = { method: 'POST', body: JSON.stringify({ query: '{ notes { text } }' }) }
  const response = await auth.fetch(`${url}/graphql`, query)
  expect(await response.json()).toEqual({ data: { notes: [] } })
  expect(arrived.map(({ token }) => token)).toEqual(['access-1', 'access-2'])
})

test.each([
  ['what is forbidden', { errors: [{ extensions: { code: 'FORBIDDEN' } }] }],
  ['an answer without errors', { data: { notes: [] } }],
])('%s is sent once by the GraphQL recipe [W4]', async (_, body) => {
  const { arrived, url } = await startApi('access-1', () => ({ status: 200, body }))
  const auth = signedInFor(url, { isRefused })
  const response = await auth.fetch(`${url}/graphql`)
  expect(await response.json()).toEqual(body)
  expect(arrived).toHaveLength(1)
})
