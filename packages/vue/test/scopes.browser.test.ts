import { memoryStorage } from '@authchart/core/storage'
import { createAuthPlugin, useAuth, useAuthState, useUser } from '@authchart/vue'
import { afterEach, expect, test, vi } from 'vitest'
import {
  createApp,
  defineComponent,
  effectScope,
  h,
  KeepAlive,
  nextTick,
  onErrorCaptured,
  ref,
  Suspense,
  watch,
  type Ref,
} from 'vue'
import { latch } from './latch.ts'
import { ann, createServer, createTestAuth, renew, signIn, type User } from './server.ts'
import { show, shown } from './shown.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const nameOf = (user: Readonly<Ref<unknown>>): string => (user.value as User | null)?.name ?? 'nobody'

test('a scope beside all components follows the auth and ends with itself', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const app = createApp({}).use(createAuthPlugin(auth))
  const names: string[] = []
  const scope = effectScope(true)
  app.runWithContext(() =>
    scope.run(() => {
      const user = useUser()
      watch(user, () => names.push(nameOf(user)), { flush: 'sync' })
    }),
  )
  expect(auth.listeners()).toBe(1)

  await signIn(auth, server)
  scope.stop()
  await renew(auth, server, { ...ann, name: 'Anna' })

  expect(names).toEqual(['Ann'])
  expect(auth.listeners()).toBe(0)
})

test('a view that is kept alive misses nothing while it is out of sight', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const isShown = ref(true)
  let setups = 0
  const Kept = defineComponent(() => {
    const user = useUser()
    setups += 1
    return () => h('p', nameOf(user))
  })
  const screen = await show(auth, () => h(KeepAlive, null, () => (isShown.value ? h(Kept) : null)))
  expect(await shown(screen)).toBe('nobody')

  isShown.value = false
  expect(await shown(screen)).toBe('')
  await signIn(auth, server)
  isShown.value = true
  await nextTick()

  expect(screen.container.textContent).toBe('Ann')
  expect(setups).toBe(1)
  await screen.unmount()
  expect(auth.listeners()).toBe(0)
})

const suspended = (onError: (error: unknown) => void = () => {}) => {
  const Account = defineComponent({
    async setup() {
      const status = useAuthState((state) => state.status)
      const user = (await useAuth().requireUser()) as User
      // the way back to the component is kept beyond the wait
      return () => `${user.name} ${status.value}`
    },
  })
  return defineComponent(() => {
    onErrorCaptured((error) => (onError(error), false))
    return () => h('main', [h(Suspense, null, { default: () => h(Account), fallback: () => 'one moment' })])
  })
}

test('an asynchronous setup waits until it is known who is signed in', async () => {
  const server = createServer()
  const storage = memoryStorage()
  const before = createTestAuth(server, { storage })
  await signIn(before, server)
  before.destroy()
  const found = latch()
  const auth = createTestAuth(server, {
    storage: { ...storage, read: (key) => found.opened.then(() => storage.read(key)) },
  })
  const screen = await show(auth, suspended())
  expect(await shown(screen)).toBe('one moment')

  found.open()

  await expect.poll(() => screen.container.textContent).toBe('Ann authenticated')
})

test('an asynchronous setup shows who is signed in, follows from there, and leaves no listener', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const screen = await show(auth, suspended())
  await expect.poll(() => screen.container.textContent).toBe('Ann authenticated')

  const renewed = auth.refresh()
  const request = await server.next('refresh')
  expect(await shown(screen)).toBe('Ann refreshing')
  request.answer(server.grant(ann))
  await renewed
  expect(await shown(screen)).toBe('Ann authenticated')

  await screen.unmount()
  expect(auth.listeners()).toBe(0)
})

test('an asynchronous setup that needs a user fails where none is signed in, with an error that the app can show', async () => {
  const errors: unknown[] = []
  const auth = createTestAuth(createServer())

  await show(
    auth,
    suspended((error) => errors.push(error)),
  )

  await expect.poll(() => errors).toMatchObject([{ code: 'not-authenticated' }])
})

test('a view that is gone before its asynchronous setup is done leaves no listener', async () => {
  const found = latch()
  const auth = createTestAuth(createServer(), {
    storage: { scope: 'memory', read: () => found.opened.then(() => null), compareAndSet: async () => true },
  })
  const screen = await show(auth, suspended())
  expect(auth.listeners()).toBe(1)

  await screen.unmount()
  found.open()
  await nextTick()

  expect(auth.listeners()).toBe(0)
})
