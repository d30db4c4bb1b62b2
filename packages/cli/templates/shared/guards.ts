// {{if roles}}
import { hasRole } from '@authchart/core'

// {{end}}
/** All roles that there are: a misspelt one does not compile. */
export type Role = 'admin' | 'user'

/** Guards shape the screen; the server decides. */
export const guards = {
  // {{each role}}
  isAdmin: hasRole('admin'),
  // {{end}}
}
