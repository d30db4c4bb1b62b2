import { createCustody } from './custody/custody.ts'
import { readOptions } from './options.ts'
import { surroundingsOf } from './surroundings.ts'
import type { AuthOptions } from './types.ts'

export type Wired = ReturnType<typeof wire>

/** Makes the parts of one auth: what it stands on, and custody. The chart is joined to them in `provide.ts`. */
export function wire(options: AuthOptions<unknown, unknown, unknown>) {
  const settings = readOptions(options)
  const surroundings = surroundingsOf(settings, options.onWarning)
  const custody = createCustody(settings, surroundings)
  return {
    ...custody,
    settings,
    destroy() {
      surroundings.end()
      // a renewal on its way is not thrown away: its tokens are stored for the next page
      void custody.broker.idle().then(custody.vault.clear)
    },
  }
}
