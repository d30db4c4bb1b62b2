export { createAuth } from '../auth.ts'
export { authErrorFrom } from '../error-from.ts'
export { AuthError, type AuthErrorCode, type AuthErrorOptions } from '../errors.ts'
export { gateOf, hasRecentSignIn, hasRole, isAuthenticated, type AgeGuard, type RoleGuard } from '../guards.ts'
export { authMachine, type AuthMachine } from '../machine/machine.ts'
export { browserNetwork } from '../ports/network.ts'
export { safeReturnTo, signInRedirect } from '../redirect.ts'
export type { SignInRedirect, SignInRedirectOptions } from '../redirect.ts'
export type {
  AccessTokens,
  Auth,
  AuthActor,
  AuthClient,
  AuthOptions,
  AuthState,
  AuthStatus,
  AuthStorage,
  CallOptions,
  Capabilities,
  Challenge,
  ChallengeDemand,
  Clock,
  EndReason,
  Grant,
  Guard,
  GuardArgs,
  GuardParams,
  Guards,
  IdentityField,
  Network,
  Persistence,
  Renewal,
  RequireUserOptions,
  Revoked,
  RoleOf,
  StoredRecord,
  SyncTwin,
  TabHint,
  Tabs,
  TabWire,
} from '../types.ts'
