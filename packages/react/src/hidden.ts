import { useEffect, useInsertionEffect, useMemo, useState } from 'react'
import type { AuthStore } from './store.ts'

/**
 * Renders a part of the page anew while React keeps it out of sight (`<Activity>`, and so each page that Next keeps).
 * Its subscriptions are gone then, and it would come back with the user who has left. This one starts no work.
 */
export function useWhileHidden({ auth }: AuthStore): void {
  const [, setSeen] = useState(auth.getState)
  const watch = useMemo(() => createWatch(auth.actor, () => setSeen(auth.getState())), [auth])
  // the one kind of effect that runs in what is hidden, and outlives hiding
  useInsertionEffect(() => watch.begin(), [watch])
  useEffect(() => watch.pause(), [watch])
}

function createWatch(actor: AuthStore['auth']['actor'], see: () => void) {
  let isOver = false
  let subscription = { unsubscribe: (): void => {} }
  const resume = (): void => {
    if (!isOver) subscription = actor.subscribe({ next: see, error: see })
  }
  return {
    begin() {
      isOver = false
      resume()
      return () => {
        isOver = true
        subscription.unsubscribe()
      }
    },
    pause() {
      subscription.unsubscribe()
      return resume
    },
  }
}
