import type { AuthFact } from '../machine/types.ts'
import { toView } from '../session/session.ts'
import type { AuthClient } from '../types.ts'
import type { Vault } from '../vault.ts'

/** Whether the server says who this is: a user that only the storage names opens no guard. */
export interface Confirmation {
  /** A guard was asked about a user that only the storage names. True: the server is asked. */
  readonly confirm: () => boolean
  /** Back from the back-forward cache, as it was left: guards stay closed until it is known who is signed in now. */
  readonly invalidate: () => void
}

export interface ConfirmationOptions {
  readonly vault: Vault
  readonly client: AuthClient
  readonly emit: (fact: AuthFact) => void
}

export function createConfirmation({ vault, client, emit }: ConfirmationOptions): Confirmation {
  /** The session that was to be renewed, for nothing else says who it is; once is enough to find out whether that does. */
  let renewedFor: string | null = null
  let isRenewalAsked = false
  return {
    confirm() {
      const { session } = vault
      if (client.getUser) return true
      if (!session?.renewable || session.userGeneration > 0 || renewedFor === session.id) return isRenewalAsked
      renewedFor = session.id
      isRenewalAsked = true
      queueMicrotask(() => {
        isRenewalAsked = false
        emit({ type: 'expiry.due' })
      })
      return true
    },
    invalidate() {
      const { session } = vault
      // no answer could confirm it again
      if (!session || (!client.getUser && !session.renewable)) return
      renewedFor = null
      const invalidated = { ...session, userGeneration: 0 }
      vault.set(invalidated)
      emit({ type: 'session.invalidated', session: toView(invalidated) })
    },
  }
}
