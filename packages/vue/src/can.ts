import { defineComponent, type DefineSetupFnComponent, type SlotsType, type VNode } from 'vue'
import { toContent, useGate } from './composables.ts'
import type { GuardProps } from './register.ts'

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
    const gate = useGate(() => [props.guard, ...(props.params ?? [])])
    return () => {
      const key = gate()
      return typeof key === 'number' ? toContent(key, slots.default?.()) : slots.fallback?.()
    }
  },
  { name: 'Can', props: ['guard', 'params'], slots: Object as CanSlots },
)
