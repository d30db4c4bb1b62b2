import { fromCallback } from 'xstate'
import { AuthError } from '../errors.ts'
import type { AuthEvent } from '../machine/types.ts'
import { schedule } from '../ports/clock.ts'
import type { World } from '../world.ts'

/** Password and handle do not wait for ever: reports when the time for the second factor is over. */
export const watchChallenge = ({ vault, clock }: World) =>
  fromCallback<AuthEvent>(({ sendBack }) => {
    const lapsesAt = vault.pending()?.lapsesAt ?? 0
    return schedule(
      clock,
      () => lapsesAt - clock.now(),
      () => sendBack({ type: 'challenge.lapsed', error: new AuthError('challenge-expired') }),
    )
  })
