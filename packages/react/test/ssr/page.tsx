import { AuthProvider, Can, Protected, useAuthState, useCan, useRequiredUser, useUser } from '@authchart/react'
import { Suspense, type ReactNode } from 'react'
import { ann, createServer, createTestAuth, type TestAuth, type User } from '../server.ts'

/** What the server of the page knows of the user: nothing in time, signed out, Ann. */
export const sessions = { unknown: {}, nobody: { initialSession: null }, ann: { initialSession: { user: ann } } }
export type Session = keyof typeof sessions

/** An auth that does not find out more while the test looks at it. */
export function createPageAuth(session: Session): TestAuth {
  const read = () => new Promise<never>(() => {})
  const storage = { scope: 'memory', read, compareAndSet: async () => true } as const
  return createTestAuth(createServer(), { ...sessions[session], storage, storageTimeout: 600_000 })
}

/** Everything that reads the auth, once. */
export function Everything({ id, onRender }: { readonly id: string; readonly onRender: PageProps['onRender'] }) {
  onRender?.()
  const { status } = useAuthState()
  const user = useUser() as User | null
  const isAdmin = useCan('isAdmin')
  return (
    <p id={id}>
      {status} {user?.name ?? 'nobody'} {isAdmin ? 'admin' : 'no admin'}
      <Protected pending=", pending" fallback=", closed">
        <b>, open</b>
      </Protected>
      <Protected guard="isAdmin" pending=", guard pending" fallback=", guard closed">
        <b>, guard open</b>
      </Protected>
      <Can guard="isAdmin" fallback=", can not">
        <b>, can</b>
      </Can>
    </p>
  )
}

function Account(): ReactNode {
  const user = useRequiredUser() as User
  return <i id="account">account of {user.name}</i>
}

/** A part that a page may hold back. */
function Late({ until, children }: { readonly until: Gate | undefined; readonly children: ReactNode }): ReactNode {
  if (until && !until.isOpen) throw until.opened
  return children
}

export interface Gate {
  isOpen: boolean
  readonly opened: Promise<void>
  readonly open: () => void
}

export function createGate(): Gate {
  let resolve = (): void => {}
  const opened = new Promise<void>((done) => (resolve = done))
  const gate: Gate = {
    isOpen: false,
    opened,
    open() {
      gate.isOpen = true
      resolve()
    },
  }
  return gate
}

interface PageProps {
  readonly auth: TestAuth
  /** Holds back the second part. */
  readonly late?: Gate
  readonly onRender?: () => void
}

export function Page({ auth, late, onRender }: PageProps): ReactNode {
  return (
    <AuthProvider auth={auth}>
      <Everything id="first" onRender={onRender} />
      <Suspense fallback={<p id="late">late</p>}>
        <Late until={late}>
          <Everything id="late" onRender={onRender} />
        </Late>
      </Suspense>
    </AuthProvider>
  )
}

export function AccountPage({ auth }: { readonly auth: TestAuth }): ReactNode {
  return (
    <AuthProvider auth={auth}>
      <h1>page</h1>
      <Suspense fallback={<i>looking</i>}>
        <Account />
      </Suspense>
    </AuthProvider>
  )
}
