import { computed, defineComponent, type DefineSetupFnComponent, type SlotsType, type VNode } from 'vue'
import { isAllowed, useAuthState, useContent } from './composables.ts'
import type { GuardProps } from './register.ts'
import { useAnyAuth } from './store.ts'

export type CanProps = GuardProps

export type CanSlots = SlotsType<{
  default?: () => VNode[]
  /** Shown where the answer is no. */
  fallback?: () => VNode[]
}>

/**
 * Shows its default slot if a guard says yes. Signed out, not confirmed yet, unsure: no. The server decides.
 *
 * @example
 * <Can guard="canEdit" :params="[post]"><Editor /></Can>
 */
export const Can: DefineSetupFnComponent<CanProps, Record<never, never>, CanSlots> = defineComponent(
  (props: CanProps, { slots }) => {
    const auth = useAnyAuth()
    const state = useAuthState()
    const toContent = useContent(auth, state)
    const isOpen = computed(() => isAllowed(auth, state.value, props.guard, ...(props.params ?? [])))
    return () => (isOpen.value ? toContent(slots.default?.()) : slots.fallback?.())
  },
  { name: 'Can', props: ['guard', 'params'], slots: Object as CanSlots },
)
