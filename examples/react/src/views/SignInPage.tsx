import { screenOf } from '@authchart/example-shared'
import { useAuthState } from '@authchart/react'
import { Challenge } from './Challenge.tsx'
import { Enter } from './Enter.tsx'
import { Passing } from './Passing.tsx'

/** One page for all steps of a sign-in. Once it is done, the router goes back to where the user wanted to be. */
export function SignInPage() {
  const screen = screenOf(useAuthState((state) => state.status))

  if (screen === 'passing') return <Passing />
  return screen === 'challenge' ? <Challenge /> : <Enter />
}
