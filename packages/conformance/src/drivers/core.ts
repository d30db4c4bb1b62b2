import { drain } from '@authchart/core/testing'
import { isAuthenticated } from '@authchart/core'
import type { Driver } from '../driver.ts'
import type { View } from '../promises.ts'
import { secret } from '../secrets.ts'
import { credentials, type TestAuth } from '../world.ts'

/** No framework: the public methods of the core. */
export function coreDriver(): Driver {
  let auth: TestAuth
  let unsubscribe = (): void => {}
  return {
    mount(next) {
      auth = next
      unsubscribe = auth.subscribe(() => {})
    },
    settle: drain,
    view: () => viewOf(auth),
    command(name) {
      if (name === 'signIn' || name === 'signUp') return auth[name](credentials())
      if (name === 'answerChallenge') return auth.answerChallenge({ code: secret('code') })
      return auth[name]()
    },
    unmount: () => unsubscribe(),
    screen: () => JSON.stringify(auth.getState()),
  }
}

function viewOf(auth: TestAuth): View {
  const state = auth.getState()
  const member = auth.can('member')
  const isSignedIn = isAuthenticated(state)
  const isOpen = (allowed: boolean): View['protected'] => {
    if (state.status === 'restoring') return 'pending'
    if (!isSignedIn) return 'closed'
    if (allowed) return 'shown'
    return state.confirmed ? 'closed' : 'pending'
  }
  return {
    status: state.status,
    user: state.user?.name ?? null,
    member,
    protected: isOpen(true),
    membersOnly: isOpen(member),
    renewal: 'renewal' in state ? state.renewal : null,
    challenge:
      state.status === 'challenged' ? state.challenge.kind + (state.challenge.verifying ? ', verifying' : '') : null,
    error: state.error?.code ?? null,
    reason: state.status === 'expired' || state.status === 'signedOut' ? state.reason : null,
    lastUser: state.status === 'expired' ? (state.lastUser?.name ?? null) : null,
    persistence: state.persistence,
  }
}
