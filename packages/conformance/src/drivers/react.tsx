import { AuthProvider, Can, Protected, useAuth, useAuthState, useCan, useUser } from '@authchart/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Driver } from '../driver.ts'
import type { TestAuth, User } from '../world.ts'
import { commandNames, pageDriver, run, textsOf } from './page.ts'

/** A page of React components in StrictMode. */
export function reactDriver(): Driver {
  return pageDriver((auth, element, onCommand) => {
    const root = createRoot(element)
    root.render(
      <StrictMode>
        <AuthProvider auth={auth}>
          <Page onCommand={onCommand} />
        </AuthProvider>
      </StrictMode>,
    )
    return () => root.unmount()
  })
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
      {commandNames.map((name) => (
        <button key={name} type="button" data-id={`button ${name}`} onClick={() => onCommand(run(auth, name))}>
          {name}
        </button>
      ))}
    </>
  )
}
