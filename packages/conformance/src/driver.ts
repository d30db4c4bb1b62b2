import type { View } from './promises.ts'
import type { TestAuth } from './world.ts'

/** One way for a user to use an auth: the bare core, or a page of a framework. */
export interface Driver {
  /** Puts it on the screen. */
  readonly mount: (auth: TestAuth) => Promise<void> | void
  /** Lets the screen follow. */
  readonly settle: () => Promise<void>
  /** What the screen shows. */
  readonly view: () => View
  /** How the user gives a command. */
  command(
    name: 'signIn' | 'signUp' | 'answerChallenge' | 'cancel' | 'signOut' | 'refresh' | 'dismiss',
  ): Promise<unknown> | void
  readonly unmount: () => Promise<void> | void
  /** Everything on the screen, for the search for secrets. */
  readonly screen: () => string
}
