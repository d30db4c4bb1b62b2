import { AuthError } from '@authchart/core'
import { AuthProvider, Can, Protected, useAuth, useAuthState, useCan, useRequiredUser, useUser } from '@authchart/react'
import { Component, StrictMode, Suspense, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Driver } from '../driver.ts'
import type { TestAuth, User } from '../world.ts'
import { commandNames, pageDriver, run, textsOf } from './page.ts'

/** A page of React components in StrictMode. What asks for a user has to show the same as what is protected. */
export function reactDriver(): Driver {
  let element: HTMLElement | null = null
  const driver = pageDriver((auth, own, onCommand) => {
    element = own
    // errors that a boundary took are on the screen
    const root = createRoot(own, { onCaughtError: () => {} })
    root.render(
      <StrictMode>
        <AuthProvider auth={auth}>
          <Page onCommand={onCommand} />
        </AuthProvider>
      </StrictMode>,
    )
    return () => root.unmount()
  })
  const agreed = <T extends string>(shown: T, id: string): T => {
    const required = element?.querySelector(`[data-id="${id}"]`)?.textContent
    return required === shown ? shown : (`${shown}, but ${required} where a user is required` as T)
  }
  return {
    ...driver,
    view() {
      const view = driver.view()
      return {
        ...view,
        protected: agreed(view.protected, 'required'),
        membersOnly: agreed(view.membersOnly, 'requiredMember'),
      }
    },
  }
}

/** Says `closed` where the error is the one that the status promises. */
class Boundary extends Component<{ readonly status: string; readonly children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null }
  static getDerivedStateFromError = (error: Error) => ({ error })
  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    const promised = this.props.status === 'expired' ? 'session-expired' : 'not-authenticated'
    return error instanceof AuthError && error.code === promised ? 'closed' : error.message
  }
}

function Required(): ReactNode {
  return useRequiredUser() ? 'shown' : 'nobody'
}

function RequiredMember(): ReactNode {
  return useRequiredUser('member') ? 'shown' : 'nobody'
}

function Page({ onCommand }: { readonly onCommand: (answer: unknown) => void }) {
  // the bare hooks know no user type here; a test of the types has its own program
  const auth = useAuth() as unknown as TestAuth
  const state = useAuthState() as ReturnType<TestAuth['getState']>
  const user = useUser() as User | null
  const isMember = useCan('member')
  return (
    <>
      {Object.entries(textsOf(state)).map(([id, text]) => (
        <output key={id} data-id={id}>
          {text}
        </output>
      ))}
      <output data-id="user">{user?.name}</output>
      <output data-id="member">{isMember ? 'yes' : 'no'}</output>
      <Can guard="member">
        <output data-id="can">yes</output>
      </Can>
      <output data-id="protected">
        <Protected pending="pending" fallback="closed">
          shown
        </Protected>
      </output>
      <output data-id="membersOnly">
        <Protected guard="member" pending="pending" fallback="closed">
          shown
        </Protected>
      </output>
      {Object.entries({ required: <Required />, requiredMember: <RequiredMember /> }).map(([id, part]) => (
        <output key={id} data-id={id}>
          <Boundary key={`${state.status} ${user?.name} ${isMember}`} status={state.status}>
            <Suspense fallback="pending">{part}</Suspense>
          </Boundary>
        </output>
      ))}
      {commandNames.map((name) => (
        <button key={name} type="button" data-id={`button ${name}`} onClick={() => onCommand(run(auth, name))}>
          {name}
        </button>
      ))}
    </>
  )
}
