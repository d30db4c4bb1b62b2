'use client'

export { Can, type CanProps } from './can.tsx'
export { useCan, useUser } from './hooks.ts'
export { Protected, type ProtectedProps } from './protected.tsx'
export { AuthProvider, useAuth, type AuthProviderProps } from './provider.tsx'
export { useRequiredUser } from './required-user.ts'
export type { GuardName, GuardProps, Register, RegisteredAuth, RegisteredState, RegisteredUser } from './register.ts'
export { useAuthState } from './state.ts'
