import { AuthError } from '@authchart/core'
import { memoryStorage } from '@authchart/core/storage'
import { AuthProvider, useRequiredUser, useUser } from '@authchart/react'
import { Component, StrictMode, Suspense, useLayoutEffect, type ReactNode } from 'react'
import { expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { ann, createServer, createTestAuth, renew, signIn, type Post, type TestAuth, type User } from './server.ts'
import { shown } from './shown.ts'

/** Says why the user may not pass, and tries again when told. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state = { error: null as unknown }
  static getDerivedStateFromError = (error: unknown) => ({ error })
  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <button onClick={() => this.setState({ error: null })}>
        {error instanceof AuthError ? error.code : String(error)}
      </button>
    )
  }
}

function Account() {
  return `account of ${(useRequiredUser() as User).name}`
}
function Settings() {
  return `settings of ${(useRequiredUser('isAdmin') as User).name}`
}
function Editor({ post }: { readonly post: Post }) {
  return `editor of ${(useRequiredUser('canEdit', post) as User).name}`
}

const page = (auth: TestAuth, children: ReactNode) => (
  <AuthProvider auth={auth}>
    <Boundary>
      <Suspense fallback="looking">{children}</Suspense>
    </Boundary>
  </AuthProvider>
)

/** React writes down every error that a boundary takes. */
const silence = () => vi.spyOn(console, 'error').mockImplementation(() => {})

test('useRequiredUser suspends until it is known who is signed in, and gives the user', async () => {
  const server = createServer()
  const storage = memoryStorage()
  await signIn(createTestAuth(server, { storage }), server)
  let find = (): void => {}
  const found = new Promise<void>((resolve) => (find = resolve))
  const auth = createTestAuth(server, { storage: { ...storage, read: (key) => found.then(() => storage.read(key)) } })
  const screen = await render(page(auth, <Account />))
  expect(shown(screen)).toBe('looking')

  find()
  await expect.element(screen.getByText('account of Ann')).toBeInTheDocument()
  // React subscribes after it has shown what it has
  await expect.poll(() => auth.listeners()).toBe(2)
})

test('useRequiredUser with a guard suspends until the server confirmed who it is', async () => {
  const server = createServer()
  const storage = memoryStorage()
  await signIn(createTestAuth(server, { storage }), server)
  const auth = createTestAuth(server, { storage })
  const screen = await render(
    page(
      auth,
      <>
        <Settings />
        <Editor post={{ authorId: '1' }} />
      </>,
    ),
  )
  const request = await server.next('getUser')
  expect(shown(screen)).toBe('looking')

  request.answer(ann)
  await expect.element(screen.getByText('settings of Anneditor of Ann')).toBeInTheDocument()
})

test('a signed-out user, a session that ended and the wrong role are errors with codes of their own', async () => {
  const errors = silence()
  const server = createServer()
  const auth = createTestAuth(server)
  const screen = await render(page(auth, <Settings />))
  await expect.element(screen.getByText('not-authenticated')).toBeInTheDocument()

  await signIn(auth, server, { ...ann, role: 'reader' })
  await screen.getByRole('button').click()
  expect(shown(screen)).toBe('forbidden')

  await renew(auth, server, ann)
  await screen.getByRole('button').click()
  expect(shown(screen)).toBe('settings of Ann')

  const renewed = auth.refresh()
  const request = await server.next('refresh')
  request.refuse(new AuthError('session-expired'))
  await expect(renewed).rejects.toMatchObject({ code: 'session-expired' })
  expect(shown(screen)).toBe('session-expired')
  errors.mockRestore()
})

test('useRequiredUser follows: a sign-out and a lost role close the part in the same commit', async () => {
  const errors = silence()
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const commits: string[] = []
  const seenInside: string[] = []
  function Secret() {
    const user = useRequiredUser('isAdmin') as User
    seenInside.push(user.role)
    return <p id="part">secret</p>
  }
  function Witness() {
    const role = (useUser() as User | null)?.role ?? 'nobody'
    useLayoutEffect(() => void commits.push(`${role}: ${document.querySelector('#part') ? 'open' : 'closed'}`), [role])
    return null
  }
  await render(
    <>
      <AuthProvider auth={auth}>
        <Witness />
      </AuthProvider>
      {page(auth, <Secret />)}
    </>,
  )
  await renew(auth, server, { ...ann, role: 'reader' })
  void auth.signOut()
  await expect.poll(() => commits).toHaveLength(3)

  expect(commits).toEqual(['admin: open', 'reader: closed', 'nobody: closed'])
  expect(seenInside).toEqual(['admin'])
  errors.mockRestore()
})

test('a renewal renders a reader of useRequiredUser anew only when the user is another one', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const names: string[] = []
  function Name() {
    names.push((useRequiredUser('isAdmin') as User).name)
    return null
  }
  const screen = await render(page(auth, <Name />))
  await renew(auth, server, { ...ann })
  shown(screen)
  await renew(auth, server, { ...ann, name: 'Anna' })
  shown(screen)

  expect(names).toEqual(['Ann', 'Anna'])
})

test('in StrictMode the session is looked for once, however many parts wait; one that goes while waiting leaves nothing behind', async () => {
  const server = createServer()
  const storage = memoryStorage()
  let reads = 0
  let find = (): void => {}
  const found = new Promise<void>((resolve) => (find = resolve))
  const read = async (key: string): Promise<unknown> => {
    reads += 1
    await found
    return storage.read(key)
  }
  const auth = createTestAuth(server, { storage: { ...storage, read } })
  const screen = await render(
    <StrictMode>
      {page(
        auth,
        <>
          <Account />
          <Account />
          <Settings />
        </>,
      )}
    </StrictMode>,
  )
  expect(shown(screen)).toBe('looking')
  expect([reads, auth.listeners()]).toEqual([1, 1])

  await screen.unmount()
  find()
  await expect.poll(() => auth.getState().status).toBe('anonymous')
  await expect.poll(auth.listeners).toBe(0)
  expect(reads).toBe(1)
})
