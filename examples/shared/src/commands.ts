import { AuthError, type Revoked } from '@authchart/core'
import type { DemoAuth } from './auth.ts'
import { errorMessage } from './messages.ts'
import { createStore, type Store } from './store.ts'

/** The commands that need nothing typed in. */
export type Command = 'refresh' | 'cancel' | 'dismiss' | 'signOut'

export const commandWords: Readonly<Record<Command, string>> = {
  refresh: 'Renew now',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  signOut: 'Sign out',
}

const revokedWords: Readonly<Record<Revoked, string>> = {
  yes: 'The server heard of the sign-out.',
  no: 'The server took no note of the sign-out: there was nothing to end, or it refused.',
  unknown: 'It is not known whether the server heard of the sign-out. The session will end there by itself.',
}

export interface Commands {
  /** What came of the last one, until the chart goes on. */
  readonly note: Store<string>
  /** Gives a command, in whatever state: what the chart cannot do it refuses with an error that says why. */
  readonly run: (command: Command) => Promise<void>
}

export function createCommands(auth: DemoAuth, chart: Store<unknown>): Commands {
  const note = createStore('')
  chart.subscribe(() => note.set(''))

  async function give(command: Command): Promise<string> {
    switch (command) {
      case 'refresh':
        await auth.refresh()
        return 'The access token was renewed.'
      case 'signOut':
        return revokedWords[(await auth.signOut()).revoked]
      case 'cancel':
      case 'dismiss':
        auth[command]()
        return ''
    }
  }

  return {
    note,
    async run(command) {
      note.set('')
      try {
        note.set(await give(command))
      } catch (error) {
        if (!(error instanceof AuthError)) throw error
        note.set(errorMessage(error))
      }
    },
  }
}
