import type { UserView } from './accounts.ts'
import type { ProjectSettings } from './settings.ts'

/** A token pair on its way to the client. */
interface Grant {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

/** Two ways to say the same things. */
export interface Dialect {
  /** Where its paths begin on this server. */
  readonly base: string
  readonly projectHeader: string
  readonly project: (settings: ProjectSettings) => string
  /** What `method` is when a body has none. */
  readonly defaultMethod: 'password' | undefined
  /** Whether `/auth/signup` is another name of `/auth/email/signup`, and so on. */
  readonly hasShortPaths: boolean
  readonly refreshField: 'refreshToken' | 'refresh_token'
  readonly tokens: (grant: Grant) => Record<string, unknown>
  /** What stands beside the tokens after a sign-in. */
  readonly beside: (user: UserView) => Record<string, unknown>
}

export const CURRENT: Dialect = {
  base: '/v1',
  projectHeader: 'X-API-Key',
  project: ({ publishableKey }) => publishableKey,
  defaultMethod: undefined,
  hasShortPaths: false,
  refreshField: 'refreshToken',
  tokens: ({ accessToken, refreshToken, expiresIn }) => ({
    accessToken,
    refreshToken,
    tokenType: 'Bearer',
    expiresIn,
  }),
  beside: () => ({}),
}

export const EARLY: Dialect = {
  base: '/early/v1',
  projectHeader: 'x-project-id',
  project: ({ projectId }) => projectId,
  defaultMethod: 'password',
  hasShortPaths: true,
  refreshField: 'refresh_token',
  tokens: ({ accessToken, refreshToken }) => ({ access_token: accessToken, refresh_token: refreshToken }),
  beside: (user) => ({ user }),
}
