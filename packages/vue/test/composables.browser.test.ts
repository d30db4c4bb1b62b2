import { AuthError } from '@authchart/core'
import { memoryStorage } from '@authchart/core/storage'
import { Can, createAuthPlugin, Protected, useAuth, useAuthState, useCan, useUser } from '@authchart/vue'
import { afterEach, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-vue'
import { defineComponent, h, isReadonly, isRef, nextTick, onMounted, ref, watch } from 'vue'
import { ann, createServer, createTestAuth, credentials, renew, signIn, type User } from './server.ts'
import { show, shown } from './shown.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const Greeting = defineComponent(() => {
  const user = useUser()
  return () => h('p', `Hello ${(user.value as User | null)?.name ?? 'stranger'}.`)
})

const Status = defineComponent(() => {
  const state = useAuthState()
  return () => (state.value.error ? `${state.value.status}: ${state.value.error.code}` : state.value.status)
})

const SignInButton = defineComponent(() => {
  const auth = useAuth()
  return () => h('button', { onClick: () => void auth.signIn(credentials).catch(() => {}) }, 'Sign in')
})

test('a sign-in shows who it is', async () => {
  const server = createServer()
  const screen = await show(createTestAuth(server), () => [h(Greeting), h(SignInButton)])
  expect(await shown(screen)).toBe('Hello stranger.Sign in')

  await screen.getByRole('button').click()
  const request = await server.next('signIn')
  request.answer(server.grant(ann))

  await expect.element(screen.getByText('Hello Ann.')).toBeInTheDocument()
})

test('a sign-in that fails shows why', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const screen = await show(auth, Status)
  const signedIn = auth.signIn(credentials)
  const request = await server.next('signIn')
  expect(await shown(screen)).toBe('authenticating')

  request.refuse(new AuthError('invalid-credentials'))
  await expect(signedIn).rejects.toMatchObject({ code: 'invalid-credentials' })

  expect(await shown(screen)).toBe('anonymous: invalid-credentials')
})

test('a renewal renders no reader of the user anew, even when the server sends an equal user', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const renders = { user: 0, selected: 0, guard: 0, mounts: 0, view: 0, slots: 0, status: [] as string[] }

  const UserReader = defineComponent(() => {
    const user = useUser()
    return () => [(renders.user += 1), String(user.value)]
  })
  const NameReader = defineComponent(() => {
    const name = useAuthState(({ user }) => (user as User | null)?.name)
    return () => [(renders.selected += 1), name.value]
  })
  const GuardReader = defineComponent(() => {
    const isAdmin = useCan('isAdmin')
    return () => [(renders.guard += 1), isAdmin.value]
  })
  const View = defineComponent(() => {
    onMounted(() => (renders.mounts += 1))
    return () => (renders.view += 1)
  })
  const StatusReader = defineComponent(() => {
    const state = useAuthState()
    return () => renders.status.push(state.value.status)
  })
  await show(auth, () => [
    h(UserReader),
    h(NameReader),
    h(GuardReader),
    h(Protected, { guard: 'isAdmin' }, () => [(renders.slots += 1), h(View)]),
    h(Can, { guard: 'isAdmin' }, () => (renders.slots += 1)),
    h(StatusReader),
  ])
  const renewed = auth.refresh()
  const request = await server.next('refresh')
  await nextTick()
  request.answer(server.grant({ ...ann }))
  await renewed
  await nextTick()

  expect(renders).toEqual({
    user: 1,
    selected: 1,
    guard: 1,
    mounts: 1,
    view: 1,
    slots: 2,
    status: ['authenticated', 'refreshing', 'authenticated'],
  })
})

test('the state is a shallow ref that only the auth can change', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  await show(
    auth,
    defineComponent(() => {
      const state = useAuthState()
      expect(isRef(state)).toBe(true)
      expect(isReadonly(state)).toBe(true)
      expect(state.value).toBe(auth.getState())
      Object.assign(state, { value: null })
      expect(state.value).toBe(auth.getState())
      return () => null
    }),
  )

  expect(warn.mock.calls.flat().join()).toContain('target is readonly')
})

test('a selector is compared with Object.is', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const selected: number[] = []
  const note = (value: number) => selected.push(value)
  await show(
    auth,
    defineComponent(() => {
      const zero = useAuthState(({ status }) => (status === 'authenticated' ? -0 : 0))
      watch(
        useAuthState(() => NaN),
        note,
        { flush: 'sync', immediate: true },
      )
      watch(() => zero.value, note, { flush: 'sync', immediate: true })
      return () => null
    }),
  )
  await signIn(auth, server)

  expect(selected).toEqual([NaN, 0, -0])
})

test('a guard is asked with its parameters, and again when they change', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const authorId = ref('1')
  const post = ref({ authorId: '1' })
  let answers = 0
  const screen = await show(
    auth,
    defineComponent(() => {
      const byGetter = useCan('canEdit', () => ({ authorId: authorId.value }))
      const byRef = useCan('canEdit', post)
      watch(byGetter, () => (answers += 1), { flush: 'sync' })
      return () => [
        byGetter.value ? 'edit ' : 'read ',
        byRef.value ? 'edit ' : 'read ',
        h(Can, { guard: 'canEdit', params: [post.value] }, { default: () => 'open', fallback: () => 'locked' }),
      ]
    }),
  )
  expect(await shown(screen)).toBe('read read locked')

  await signIn(auth, server)
  expect(await shown(screen)).toBe('edit edit open')

  authorId.value = '2'
  expect(await shown(screen)).toBe('read edit open')

  post.value = { authorId: '2' }
  expect(await shown(screen)).toBe('read read locked')

  authorId.value = '3'
  await nextTick()
  expect(answers).toBe(2)
})

test('a guard whose parameters changed between two changes of the session answers for both', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const authorId = ref('2')
  const screen = await show(
    auth,
    defineComponent(() => {
      const canEdit = useCan('canEdit', () => ({ authorId: authorId.value }))
      return () => [
        canEdit.value ? 'edit ' : 'read ',
        h(
          Can,
          { guard: 'canEdit', params: [{ authorId: authorId.value }] },
          { default: () => 'open', fallback: () => 'locked' },
        ),
      ]
    }),
  )
  expect(await shown(screen)).toBe('read locked')

  await signIn(auth, server)
  expect(await shown(screen)).toBe('read locked')

  authorId.value = '1'
  expect(await shown(screen)).toBe('edit open')

  void auth.signOut()
  expect(await shown(screen)).toBe('read locked')
})

test('a guard that the auth does not have says no', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const screen = await show(auth, () => h(Can, { guard: 'toString' }, { default: () => 'yes', fallback: () => 'no' }))

  expect(await shown(screen)).toBe('no')
})

test('many components look for the session once, and a sign-in is sent once', async () => {
  const server = createServer()
  let reads = 0
  const storage = memoryStorage()
  const auth = createTestAuth(server, {
    storage: { ...storage, read: (key) => ((reads += 1), storage.read(key)) },
  })
  const SignInAtOnce = defineComponent(() => {
    const { signIn } = useAuth()
    onMounted(() => void signIn(credentials))
    return () => null
  })
  const ready = ref(false)
  const screen = await show(auth, () => [h(Status), ready.value && [h(Greeting), h(SignInAtOnce), h(SignInAtOnce)]])
  await expect.element(screen.getByText('anonymous')).toBeInTheDocument()
  expect(reads).toBe(1)

  ready.value = true
  const request = await server.next('signIn')
  request.answer(server.grant(ann))
  await expect.element(screen.getByText('Hello Ann.')).toBeInTheDocument()

  expect(server.calls).toEqual(['signIn'])
})

test('nothing listens before the first component and after the last one, and the session goes on', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const view = () => [h(Greeting), h(Protected, () => h(Can, { guard: 'isAdmin' }, () => 'admin'))]
  createAuthPlugin(auth)
  expect(auth.listeners()).toBe(0)

  const screen = await show(auth, view)
  expect(auth.listeners()).toBe(2)
  await signIn(auth, server)
  expect(await shown(screen)).toBe('Hello Ann.admin')
  expect(auth.listeners()).toBe(3)

  await screen.unmount()
  expect(auth.listeners()).toBe(0)
  expect(auth.getState()).toMatchObject({ status: 'authenticated', user: { name: 'Ann' } })

  const again = await show(auth, view)
  expect(await shown(again)).toBe('Hello Ann.admin')
  await renew(auth, server, { ...ann, name: 'Anna' })
  expect(await shown(again)).toBe('Hello Anna.admin')
})

test('a node that is kept, as v-once does, shows what is true now when it is mounted again', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const seen: string[] = []
  const isShown = ref(true)
  const kept = h(
    defineComponent(() => {
      const user = useUser()
      return () => (seen.push(String((user.value as User | null)?.name)), h('p'))
    }),
  )
  await show(auth, () => (isShown.value ? kept : null))
  isShown.value = false
  await nextTick()
  await renew(auth, server, { ...ann, name: 'Anna' })

  isShown.value = true
  await nextTick()

  expect(seen).toEqual(['Ann', 'Anna'])
})

test('without the plugin, or outside setup, the error says what to do', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const advice = 'No auth here: call app.use(createAuthPlugin(auth)), and this in setup().'

  expect(() => useAuth()).toThrow(advice)
  await expect(render(SignInButton)).rejects.toThrow(advice)
})

test.each([undefined, null, '', 'isAdmn', ['isAdmn']])('useCan(%j) is false for every user [K7b]', async (guard) => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)

  const screen = await show(auth, {
    setup() {
      const can = useCan(guard as string)
      return () => String(can.value)
    },
  })

  expect(await shown(screen)).toBe('false')
})

test.each([undefined, null, {}, Promise.resolve()])(
  'the plugin refuses what is no auth, and says where to look: %o',
  (auth) => {
    expect(() => createAuthPlugin(auth as never)).toThrow(
      new TypeError('createAuthPlugin: no auth. Do two modules import each other?'),
    )
  },
)
