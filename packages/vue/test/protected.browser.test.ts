import { AuthError, type AuthState } from '@authchart/core'
import { memoryStorage } from '@authchart/core/storage'
import { Can, Protected, useUser } from '@authchart/vue'
import { expect, test, vi } from 'vitest'
import { defineComponent, h, nextTick, onMounted, onUpdated, ref } from 'vue'
import { ann, createServer, createTestAuth, credentials, renew, signIn, type User } from './server.ts'
import { show, shown } from './shown.ts'

const reasonOf = ({ state }: { state: AuthState }) =>
  'reason' in state ? `${state.status}: ${state.reason}` : state.status

const guarded = () =>
  h(Protected, { guard: 'isAdmin' }, { default: () => 'secret', pending: () => 'pending', fallback: () => 'forbidden' })

test('a protected view in every status, mounted once from sign-in to the end of the session', async () => {
  const server = createServer()
  let find = (): void => {}
  const found = new Promise<void>((resolve) => (find = resolve))
  const storage = memoryStorage()
  const auth = createTestAuth(server, { storage: { ...storage, read: (key) => found.then(() => storage.read(key)) } })
  let mounts = 0
  const Secret = defineComponent(() => {
    onMounted(() => (mounts += 1))
    return () => 'secret'
  })
  const screen = await show(auth, () =>
    h(Protected, null, { default: () => h(Secret), pending: () => 'pending', fallback: reasonOf }),
  )
  expect(await shown(screen)).toBe('pending')

  find()
  await expect.element(screen.getByText('anonymous')).toBeInTheDocument()

  const challenged = auth.signIn(credentials)
  const first = await server.next('signIn')
  expect(await shown(screen)).toBe('authenticating')
  first.answer({ challenge: { kind: 'totp', handle: 'h' } })
  await expect(challenged).rejects.toMatchObject({ code: 'challenge-required' })
  expect(await shown(screen)).toBe('challenged')

  const answered = auth.answerChallenge({ code: '123456' })
  const second = await server.next('answerChallenge')
  expect(await shown(screen)).toBe('challenged')
  second.answer(server.grant(ann))
  await answered
  expect(await shown(screen)).toBe('secret')

  const renewed = auth.refresh()
  const third = await server.next('refresh')
  expect(auth.getState().status).toBe('refreshing')
  expect(await shown(screen)).toBe('secret')
  expect(mounts).toBe(1)
  third.refuse(new AuthError('session-expired'))
  await expect(renewed).rejects.toMatchObject({ code: 'session-expired' })
  expect(await shown(screen)).toBe('expired: session-expired')
  auth.dismiss()
  expect(await shown(screen)).toBe('anonymous')

  await signIn(auth, server)
  expect(await shown(screen)).toBe('secret')
  const signedOut = auth.signOut()
  const fourth = await server.next('signOut')
  expect(await shown(screen)).toBe('signingOut')
  fourth.answer(undefined)
  await signedOut
  expect(await shown(screen)).toBe('signedOut: signed-out')
})

test('a guarded view tells a signed-out user from one with the wrong role', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const screen = await show(auth, () =>
    h(
      Protected,
      { guard: 'isAdmin' },
      {
        default: () => 'secret',
        fallback: ({ state }: { state: AuthState }) => (state.user ? 'forbidden' : 'sign in'),
      },
    ),
  )
  await expect.element(screen.getByText('sign in')).toBeInTheDocument()

  await signIn(auth, server, { ...ann, role: 'reader' })
  expect(await shown(screen)).toBe('forbidden')

  await renew(auth, server, ann)
  expect(await shown(screen)).toBe('secret')
})

test('a guarded view asks its guard with the parameters it has now', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const authorId = ref('1')
  const screen = await show(auth, () =>
    h(
      Protected,
      { guard: 'canEdit', params: [{ authorId: authorId.value }] },
      { default: () => 'editor', fallback: () => 'forbidden' },
    ),
  )
  expect(await shown(screen)).toBe('editor')

  authorId.value = '2'
  expect(await shown(screen)).toBe('forbidden')
})

test('a guarded view is pending until the server confirmed the restored user, an unguarded one is not', async () => {
  const server = createServer()
  const storage = memoryStorage()
  const before = createTestAuth(server, { storage })
  await signIn(before, server)
  before.destroy()

  const auth = createTestAuth(server, { storage })
  const screen = await show(auth, () => [h(Protected, () => 'open '), guarded()])
  const request = await server.next('getUser')
  expect(await shown(screen)).toBe('open pending')

  request.answer(ann)
  await expect.element(screen.getByText('open secret')).toBeInTheDocument()
})

test('a guarded view is forbidden when the server confirms a user with another role', async () => {
  const server = createServer()
  const storage = memoryStorage()
  const before = createTestAuth(server, { storage })
  await signIn(before, server)
  before.destroy()

  const auth = createTestAuth(server, { storage })
  const screen = await show(auth, guarded)
  const request = await server.next('getUser')
  expect(await shown(screen)).toBe('pending')

  request.answer({ ...ann, role: 'reader' })
  await expect.element(screen.getByText('forbidden')).toBeInTheDocument()
})

test('a guarded view closes in the flush in which the role goes away', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const flushes: string[] = []
  const seenInside: (string | undefined)[] = []

  const Secret = defineComponent(() => {
    const user = useUser()
    return () => {
      seenInside.push((user.value as User | null)?.role)
      return h('p', { id: 'secret' }, 'secret')
    }
  })
  const Witness = defineComponent(() => {
    const user = useUser()
    const look = () => {
      const { role } = user.value as User
      flushes.push(`${role}: ${document.querySelector('#secret') ? 'open' : 'closed'}`)
    }
    onMounted(look)
    onUpdated(look)
    return () => h('i', (user.value as User).role)
  })
  await show(auth, () => [h(Witness), h(Protected, { guard: 'isAdmin' }, () => h(Secret))])
  await renew(auth, server, { ...ann, role: 'reader' })
  await nextTick()

  expect(flushes).toEqual(['admin: open', 'reader: closed'])
  expect(seenInside).toEqual(['admin'])
})

test('a first paint from the server opens what asks no guard, and nothing else', async () => {
  const auth = createTestAuth(createServer(), { initialSession: { user: ann } })
  let painted: string | null | undefined
  const Painted = defineComponent(() => {
    onMounted(() => (painted = document.querySelector('#page')?.textContent))
    return () => null
  })
  await show(auth, () => [h('div', { id: 'page' }, [h(Protected, () => 'open '), guarded()]), h(Painted)])

  expect(painted).toBe('open pending')
})

test.each<[string, object]>([
  ['a guard that is undefined', { guard: undefined }],
  ['a guard that is null', { guard: null }],
  ['a guard without a name', { guard: '' }],
  ['a guard that is false', { guard: false }],
  ['a guard of another name', { guard: 'isAdmn' }],
  ['parameters of no guard', { params: [{ authorId: '1' }] }],
  ['a guard and parameters that are undefined', { guard: undefined, params: undefined }],
])('a protected view that is given %s is closed to every user [K7b]', async (_, props) => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)

  const screen = await show(auth, () => h(Protected, props, { default: () => 'secret', fallback: () => 'forbidden' }))

  expect(await shown(screen)).toBe('forbidden')
})

test('a protected view closes and opens with a guard that comes and goes [K7b]', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const props = ref<object>({})
  const screen = await show(auth, () => h(Protected, props.value, { default: () => 'open', fallback: () => 'closed' }))
  expect(await shown(screen)).toBe('open')

  for (const [next, seen] of [
    [{ guard: undefined }, 'closed'],
    [{ guard: 'isAdmin' }, 'open'],
    [{ guard: undefined }, 'closed'],
    [{}, 'open'],
  ] as const) {
    props.value = next
    expect(await shown(screen)).toBe(seen)
  }
})

test.each<[string, object]>([
  ['no guard', {}],
  ['a guard that is undefined', { guard: undefined }],
  ['a guard that is null', { guard: null }],
])('a piece of a page that is given %s is closed to every user [K7b]', async (_, props) => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)

  const screen = await show(auth, () => h(Can, props as never, { default: () => 'secret', fallback: () => 'no' }))

  expect(await shown(screen)).toBe('no')
})

test('a misspelt "gaurd", which asks nothing, is told by Vue', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const misspelt: object = { gaurd: 'isAdmin' }
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  await show(auth, () => h(Protected, misspelt, () => 'open'))

  expect(warn.mock.calls.flat().join(' ')).toContain('Extraneous non-props attributes (gaurd)')
  warn.mockRestore()
})
