import {
  defineComponent,
  getCurrentInstance,
  type ComponentInternalInstance,
  type DefineSetupFnComponent,
  type SlotsType,
  type VNode,
} from 'vue'
import { toContent, useGate } from './composables.ts'
import type { GuardProps, RegisteredState } from './register.ts'

export type ProtectedProps = GuardProps | { readonly guard?: never; readonly params?: never }

export type ProtectedSlots = SlotsType<{
  default?: () => VNode[]
  /** Shown if the default slot is closed to the user. It is told the state: signed in means forbidden. */
  fallback?: (props: { readonly state: RegisteredState }) => VNode[]
  /** Shown until it is known who is signed in and, where there is a guard, until the server confirmed it. */
  pending?: () => VNode[]
}>

/**
 * Shows its default slot to a signed-in user who passes the guard. It shapes the screen; the server decides. Only a guard
 * that is left out asks nothing: one that is given and undefined is closed.
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
    const instance = getCurrentInstance() as ComponentInternalInstance // there is one in every setup
    const read = useGate(() => {
      // in the props, what was left out and what is undefined look alike
      const given = instance.vnode.props ?? {}
      return 'guard' in given || 'params' in given ? [props.guard, ...(props.params ?? [])] : []
    })
    return () => {
      const gate = read()
      if (typeof gate === 'number') return toContent(gate, slots.default?.())
      if (gate === 'pending') return slots.pending?.()
      return slots.fallback?.({ state: gate })
    }
  },
  { name: 'Protected', props: ['guard', 'params'], slots: Object as ProtectedSlots },
)
