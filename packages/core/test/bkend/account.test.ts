import { createAuth } from '@authchart/core'
import { drain, fakeBrowser, fakeClock, fakeNetwork } from '@authchart/core/testing'
import { describe, expect, test } from 'vitest'
import { bkend, bkendAccount } from '../../src/exports/bkend.ts'
import { watch } from '../support.ts'
import { json } from './fake-bkend.ts'

const url = 'https://bkend.example'
const user = { id: 'u1', email: 'ada@example.com', name: 'Ada', role: 'user' }

interface Asked {
  readonly path: string
  readonly body: Record<string, unknown>
  readonly answer: (response: Response) => void
  readonly fail: (error: Error) => void
}

/** A signed-in user of a server that answers renewals and switches by hand, and the rest at once. */
async function signedIn(more: { readonly fetch?: typeof globalThis.fetch } = {}) {
  const asked: Asked[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    const path = new URL(input as string).pathname
    const body = JSON.parse((init?.body as string | undefined) ?? '{}') as Record<string, unknown>
    if (path.endsWith('/me')) return Promise.resolve(json(200, user))
    if (path.endsWith('/signin')) {
      return Promise.resolve(json(200, { accessToken: 'access-1', refreshToken: 'refresh-1', expiresIn: 3600 }))
    }
    return new Promise((answer, fail) => asked.push({ path, body, answer, fail }))
  }
  const clock = fakeClock()
  const { storage, tabs } = fakeBrowser().openTab()
  const client = bkend({ url, publishableKey: 'pk_test', fetch })
  const auth = createAuth({ client, clock, storage, tabs, network: fakeNetwork(), ...more })
  await auth.signIn({ email: 'ada@example.com', password: 'correct horse' })
  return { auth, asked, clock, account: bkendAccount(auth) }
}

const pair = (n: number): Response =>
  json(200, { accessToken: `access-${n}`, refreshToken: `refresh-${n}`, expiresIn: 3600 })

const turns = async (): Promise<void> => {
  for (let n = 0; n < 10; n += 1) await drain()
}

describe('what spends the refresh token stands in one queue, whatever it is for', () => {
  test('a switch of organisation during a renewal waits for it, and goes on from its tokens [17, 118]', async () => {
    const { auth, asked, account } = await signedIn()
    void auth.refresh()
    await turns()
    const switched = account.organization.switch('org_second')
    await turns()
    expect(asked.map(({ path }) => path)).toEqual(['/v1/auth/refresh'])
    asked[0]?.answer(pair(2))
    await turns()
    expect(asked.map(({ path }) => path)).toEqual(['/v1/auth/refresh', '/v1/auth/switch-organization'])
    asked[1]?.answer(pair(3))
    await switched
    expect(await auth.getAccessToken()).toBe('access-3')
    void auth.refresh()
    await turns()
    expect(asked[2]?.body).toEqual({ refreshToken: 'refresh-3' })
  })

  test('a renewal during a switch of organisation waits for it, and has nothing left to do [17, 118]', async () => {
    const { auth, asked, account } = await signedIn()
    const switched = account.organization.switch('org_second')
    await turns()
    const renewed = auth.refresh()
    await turns()
    expect(asked.map(({ path }) => path)).toEqual(['/v1/auth/switch-organization'])
    asked[0]?.answer(pair(2))
    await Promise.all([switched, renewed])
    await turns()
    expect(asked).toHaveLength(1)
    expect(await auth.getAccessToken()).toBe('access-2')
  })

  test('a switch whose answer was lost may have spent the token: it is not shown again [17, 118]', async () => {
    const { auth, asked, account } = await signedIn()
    const switched = watch(account.organization.switch('org_second'))
    await turns()
    asked[0]?.fail(new TypeError('Failed to fetch'))
    await turns()
    expect(switched.now).toBe('network')
    await expect(auth.refresh()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
    await turns()
    expect(asked).toHaveLength(1)
    expect(await auth.getAccessToken()).toBe('access-1')
  })
})

test('a fetch that an app wraps to try again does so for its own requests, never for a renewal [21]', async () => {
  let own = 0
  const stubborn: typeof globalThis.fetch = async () => {
    own += 1
    return own % 3 === 0 ? new Response('at last') : stubborn('')
  }
  const { auth, asked } = await signedIn({ fetch: stubborn })
  expect(await (await auth.fetch(`${url}/posts`)).text()).toBe('at last')
  const renewed = watch(auth.refresh())
  await turns()
  asked[0]?.fail(new TypeError('Failed to fetch'))
  await turns()
  expect(renewed.now).toBe('refresh-indeterminate')
  expect([own, asked.length]).toEqual([3, 1])
})
