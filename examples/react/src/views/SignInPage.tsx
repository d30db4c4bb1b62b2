import { catchLostFocus, screenOf } from '@authchart/example-shared'
import { useAuthState } from '@authchart/react'
import { useEffect, useRef } from 'react'
import { demo } from '../demo.ts'
import { useStore } from '../use-store.ts'
import { Challenge } from './Challenge.tsx'
import { Enter } from './Enter.tsx'
import { Passing } from './Passing.tsx'

/** One page for all steps of a sign-in. Once it is done, the router goes back to where the person wanted to be. */
export function SignInPage() {
  const screen = screenOf(useAuthState((state) => state.status))
  const { kind } = useStore(demo.entrance)
  useFocusAfter(screen === 'enter' ? kind : screen)

  if (screen === 'passing') return <Passing />
  return screen === 'challenge' ? <Challenge /> : <Enter />
}

function useFocusAfter(step: string): void {
  const before = useRef(step)
  useEffect(() => {
    if (before.current !== step) catchLostFocus()
    before.current = step
  }, [step])
}
