import { createTestAuth } from '@authchart/core/testing'
import { createPinia } from 'pinia'
import { expect, test } from 'vitest'
import { notesStore } from './notes-store.ts'

const ann = { id: 'u1', name: 'Ann' }
const bob = { id: 'u2', name: 'Bob' }

/** An auth whose next sign-in is Bob's, and whose server answers when told. */
function open() {
  const answers: (() => void)[] = []
  const auth = createTestAuth({
    user: ann,
    allowedOrigins: ['https://api.example.com'],
    client: { signIn: async () => ({ accessToken: 'access-bob', refreshToken: 'refresh-bob', user: bob }) },
    fetch: async (_, init) => {
      const token = new Headers(init?.headers).get('authorization')
      await new Promise<void>((resolve) => answers.push(resolve))
      return Response.json([token])
    },
  })
  return { auth, store: notesStore(auth)(createPinia()), answers }
}

test('a Pinia store keeps no notes of the user before [W4]', async () => {
  const { auth, store, answers } = open()
  const loaded = store.load()
  await expect.poll(() => answers.length).toBe(1)
  answers.shift()?.()
  await loaded
  expect(store.notes).toEqual(['Bearer access-1'])
  await auth.signIn({})
  expect(store.notes).toEqual([])
})

test('a Pinia store takes no answer that was under way for the user before [W4]', async () => {
  const { auth, store, answers } = open()
  const loaded = store.load()
  await expect.poll(() => answers.length).toBe(1)
  await auth.signIn({})
  answers.shift()?.()
  await loaded
  expect(store.notes).toEqual([])
})

test('a Pinia store is empty after a sign-out [W4]', async () => {
  const { auth, store, answers } = open()
  const loaded = store.load()
  await expect.poll(() => answers.length).toBe(1)
  answers.shift()?.()
  await loaded
  await auth.signOut()
  expect(store.notes).toEqual([])
})
