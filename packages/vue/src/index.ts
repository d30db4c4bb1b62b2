export { Can, type CanProps, type CanSlots } from './can.ts'
export { useAuthState, useCan, useUser } from './composables.ts'
export type { CanDirective } from './directive.ts'
export { createAuthPlugin, useAuth } from './plugin.ts'
export { Protected, type ProtectedProps, type ProtectedSlots } from './protected.ts'
export type {
  GuardCall,
  GuardName,
  GuardProps,
  Register,
  RegisteredAuth,
  RegisteredState,
  RegisteredUser,
} from './register.ts'
