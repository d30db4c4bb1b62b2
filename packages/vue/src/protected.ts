import { isAuthenticated } from '@authchart/core'
import { computed, defineComponent, type DefineSetupFnComponent, type SlotsType, type VNode } from 'vue'
import { isAllowed, useAuthState } from './composables.ts'
import type { GuardProps, RegisteredState } from './register.ts'
import { useAnyAuth } from './store.ts'

export type ProtectedProps = GuardProps | { readonly guard?: undefined; readonly params?: undefined }

export type ProtectedSlots = SlotsType<{
  default?: () => VNode[]
  /** Shown to whoever may not see the default slot. It is told the state: signed in means forbidden. */
  fallback?: (props: { readonly state: RegisteredState }) => VNode[]
  /** Shown until it is known who is signed in and, where there is a guard, until the server confirmed it. */
  pending?: () => VNode[]
}>

/**
 * Shows its default slot to whoever is signed in and passes the guard. It shapes the screen; the server decides.
 *
 * @example
 * <Protected guard="isAdmin">
 *   <Settings />
 *   <template #pending><Spinner /></template>
 *   <template #fallback="{ state }"><Forbidden v-if="state.user" /><SignIn v-else /></template>
 * </Protected>
 */
export const Protected: DefineSetupFnComponent<ProtectedProps, Record<never, never>, ProtectedSlots> = defineComponent(
  (props: ProtectedProps, { slots }) => {
    const auth = useAnyAuth()
    const state = useAuthState()
    const gate = computed((): 'open' | 'pending' | RegisteredState => {
      const now = state.value
      if (now.status === 'restoring') return 'pending'
      if (!isAuthenticated(now)) return now
      if (props.guard === undefined || isAllowed(auth, now, props.guard, ...(props.params ?? []))) return 'open'
      return now.confirmed ? now : 'pending'
    })
    return () => {
      if (gate.value === 'open') return slots.default?.()
      if (gate.value === 'pending') return slots.pending?.()
      return slots.fallback?.({ state: gate.value })
    }
  },
  { name: 'Protected', props: ['guard', 'params'], slots: Object as ProtectedSlots },
)
