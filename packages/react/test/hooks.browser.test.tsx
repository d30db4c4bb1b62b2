import { AuthError } from '@authchart/core'
import { memoryStorage } from '@authchart/core/storage'
import { AuthProvider, Can, Protected, useAuth, useAuthState, useCan, useUser } from '@authchart/react'
import { Profiler, StrictMode, useEffect, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { ann, createServer, createTestAuth, credentials, renew, signIn, type Post, type User } from './server.ts'
import { shown } from './shown.ts'

function Greeting() {
  const user = useUser() as User | null
  return <p>{user ? `Hello ${user.name}. ` : 'Hello stranger. '}</p>
}

function Status() {
  const { status, error } = useAuthState()
  return error ? `${status}: ${error.code}` : status
}

function SignInButton() {
  const auth = useAuth()
  return <button onClick={() => void auth.signIn(credentials).catch(() => {})}>Sign in</button>
}

test('a sign-in shows who it is', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const screen = await render(
    <AuthProvider auth={auth}>
      <Greeting />
      <SignInButton />
    </AuthProvider>,
  )
  expect(shown(screen)).toBe('Hello stranger. Sign in')

  await screen.getByRole('button').click()
  const request = await server.next('signIn')
  request.answer(server.grant(ann))

  await expect.element(screen.getByText('Hello Ann.')).toBeInTheDocument()
})

test('a sign-in that fails shows why', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const screen = await render(
    <AuthProvider auth={auth}>
      <Status />
    </AuthProvider>,
  )
  const signedIn = auth.signIn(credentials)
  const request = await server.next('signIn')
  expect(shown(screen)).toBe('authenticating')

  request.refuse(new AuthError('invalid-credentials'))
  await expect(signedIn).rejects.toMatchObject({ code: 'invalid-credentials' })

  expect(shown(screen)).toBe('anonymous: invalid-credentials')
})

test('a renewal renders no reader of the user anew, even when the server sends an equal user', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const renders = { user: 0, selected: 0, guard: 0, mounts: 0, components: [] as string[], status: [] as string[] }

  function UserReader() {
    useUser()
    renders.user += 1
    return null
  }
  function NameReader() {
    useAuthState(({ user }) => (user as User | null)?.name)
    renders.selected += 1
    return null
  }
  function GuardReader() {
    useCan('isAdmin')
    renders.guard += 1
    return null
  }
  function View() {
    useEffect(() => {
      renders.mounts += 1
    }, [])
    return null
  }
  function StatusReader() {
    renders.status.push(useAuthState().status)
    return null
  }
  await render(
    <AuthProvider auth={auth}>
      <UserReader />
      <NameReader />
      <GuardReader />
      <Profiler id="components" onRender={(_, phase) => renders.components.push(phase)}>
        <Can guard="isAdmin">admin</Can>
        <Protected guard="isAdmin">
          <View />
        </Protected>
      </Profiler>
      <StatusReader />
    </AuthProvider>,
  )
  const renewed = auth.refresh()
  const request = await server.next('refresh')
  flushSync(() => {})
  request.answer(server.grant({ ...ann }))
  await renewed
  flushSync(() => {})

  expect(renders).toEqual({
    user: 1,
    selected: 1,
    guard: 1,
    mounts: 1,
    components: ['mount'],
    status: ['authenticated', 'refreshing', 'authenticated'],
  })
})

test('a selector is compared with Object.is', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const selected: number[] = []
  function NotANumber() {
    selected.push(useAuthState(() => NaN))
    return null
  }
  function Zero() {
    selected.push(useAuthState(({ status }) => (status === 'authenticated' ? -0 : 0)))
    return null
  }
  await render(
    <AuthProvider auth={auth}>
      <NotANumber />
      <Zero />
    </AuthProvider>,
  )
  await signIn(auth, server)
  flushSync(() => {})

  expect(selected).toEqual([NaN, 0, -0])
})

test('a selector may bring its own comparison, and one that makes a new object each time renders only for a change', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const initials: string[][] = []
  function Initials() {
    const select = ({ user }: { readonly user: unknown }) => ((user as User | null)?.name ?? '').split('')
    initials.push(useAuthState(select, (before, after) => before.length === after.length))
    return null
  }
  await render(
    <AuthProvider auth={auth}>
      <Initials />
    </AuthProvider>,
  )
  await signIn(auth, server)
  await renew(auth, server, { ...ann, name: 'Ben' })
  flushSync(() => {})
  await renew(auth, server, { ...ann, name: 'Benno' })
  flushSync(() => {})

  expect(initials).toEqual([[], ['A', 'n', 'n'], ['B', 'e', 'n', 'n', 'o']])
})

test('a guard is asked with its parameters, and again when they change', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  function Edit({ post }: { post: Post }) {
    return (
      <>
        {useCan('canEdit', post) ? 'edit ' : 'read '}
        <Can guard="canEdit" params={[post]} fallback="locked">
          open
        </Can>
      </>
    )
  }
  const view = (post: Post): ReactNode => (
    <AuthProvider auth={auth}>
      <Edit post={post} />
    </AuthProvider>
  )
  const screen = await render(view({ authorId: '1' }))
  expect(shown(screen)).toBe('read locked')

  await signIn(auth, server)
  expect(shown(screen)).toBe('edit open')

  await screen.rerender(view({ authorId: '2' }))
  expect(shown(screen)).toBe('read locked')
})

test('a guard that the auth does not have says no', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const screen = await render(
    <AuthProvider auth={auth}>
      <Can guard="toString" fallback="no">
        yes
      </Can>
    </AuthProvider>,
  )

  expect(shown(screen)).toBe('no')
})

test('in StrictMode the session is looked for once and a sign-in is sent once', async () => {
  const server = createServer()
  let reads = 0
  const storage = memoryStorage()
  const read = (key: string): Promise<unknown> => {
    reads += 1
    return storage.read(key)
  }
  const auth = createTestAuth(server, { storage: { ...storage, read } })
  function SignInAtOnce() {
    const { signIn } = useAuth()
    useEffect(() => void signIn(credentials), [signIn])
    return null
  }
  const screen = await render(
    <StrictMode>
      <AuthProvider auth={auth}>
        <Status />
      </AuthProvider>
    </StrictMode>,
  )
  await expect.element(screen.getByText('anonymous')).toBeInTheDocument()
  expect(reads).toBe(1)

  await screen.rerender(
    <StrictMode>
      <AuthProvider auth={auth}>
        <Status />
        <SignInAtOnce />
      </AuthProvider>
    </StrictMode>,
  )
  const request = await server.next('signIn')
  request.answer(server.grant(ann))
  await expect.element(screen.getByText('authenticated')).toBeInTheDocument()

  expect(server.calls).toEqual(['signIn'])
})

test('nothing listens before the first render and after the last one, and the session goes on', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const view = (
    <StrictMode>
      <AuthProvider auth={auth}>
        <Greeting />
        <Protected>
          <Can guard="isAdmin">admin</Can>
        </Protected>
      </AuthProvider>
    </StrictMode>
  )
  expect(auth.listeners()).toBe(0)

  const screen = await render(view)
  expect(auth.listeners()).toBe(2)
  await signIn(auth, server)
  expect(shown(screen)).toBe('Hello Ann. admin')
  expect(auth.listeners()).toBe(3)

  await screen.unmount()
  expect(auth.listeners()).toBe(0)
  expect(auth.getState()).toMatchObject({ status: 'authenticated', user: { name: 'Ann' } })

  const again = await render(view)
  expect(shown(again)).toBe('Hello Ann. admin')
  await renew(auth, server, { ...ann, name: 'Anna' })
  expect(shown(again)).toBe('Hello Anna. admin')
})

test('another auth in the provider is the one that counts from then on', async () => {
  const [first, second] = [createServer(), createServer()]
  const [one, other] = [createTestAuth(first), createTestAuth(second)]
  await signIn(one, first)
  await signIn(other, second, { ...ann, name: 'Ben' })
  const screen = await render(
    <AuthProvider auth={one}>
      <Greeting />
    </AuthProvider>,
  )
  expect(shown(screen)).toBe('Hello Ann. ')

  await screen.rerender(
    <AuthProvider auth={other}>
      <Greeting />
    </AuthProvider>,
  )
  expect(shown(screen)).toBe('Hello Ben. ')
  expect(one.listeners()).toBe(0)
})

test('without a provider the error says what to do', async () => {
  await expect(render(<SignInButton />)).rejects.toThrow(
    'There is no auth here. Render the app inside <AuthProvider auth={auth}>.',
  )
})
