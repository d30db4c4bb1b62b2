import { useSelector } from '@xstate/vue'
import { effectScope, normalizeStyle, shallowRef, watchEffect, type ObjectDirective, type VNode } from 'vue'
import { isAllowed } from './composables.ts'
import type { AnyAuth, GuardCall } from './register.ts'
import { liveStore } from './store.ts'

/**
 * Hides a control and takes it out of reach where a guard does not say yes. It stays in the document: what may not be
 * read goes into `<Can>`. For elements, not components; it owns `inert`, and shares no element with `v-show`.
 *
 * @example
 * <button v-can="'isAdmin'">Delete all</button>
 * <button v-can="['canEdit', post]">Edit</button>
 */
export type CanDirective = ObjectDirective<HTMLElement | SVGElement, GuardCall>

declare module 'vue' {
  interface GlobalDirectives {
    vCan: CanDirective
  }
}

export function createCan(auth: AnyAuth): CanDirective {
  const bound = new WeakMap<
    Element,
    { readonly ask: (value: GuardCall, vnode: VNode) => void; readonly stop: () => void }
  >()
  return {
    // on a server nobody is confirmed
    getSSRProps: () => ({ inert: '', style: 'display:none !important' }),
    // a directive that is there first may differ from what the server rendered
    created() {},
    beforeMount(el, { value }, vnode: VNode) {
      const scope = effectScope(true)
      const asked = shallowRef({ value, vnode })
      scope.run(() => {
        const state = useSelector(liveStore(auth), (now) => now)
        watchEffect(() => {
          const [guard, ...params] = [asked.value.value].flat() as [string, ...unknown[]]
          show(el, isAllowed(auth, state.value, guard, ...params), asked.value.vnode)
        })
      })
      bound.set(el, { ask: (value, vnode) => (asked.value = { value, vnode }), stop: () => scope.stop() })
    },
    updated: (el, { value }, vnode: VNode) => bound.get(el)?.ask(value, vnode),
    beforeUnmount: (el) => bound.get(el)?.stop(),
  }
}

function show(el: HTMLElement | SVGElement, isOpen: boolean, { props }: VNode): void {
  el.toggleAttribute('inert', !isOpen)
  if (!isOpen) return el.style.setProperty('display', 'none', 'important')
  const own = normalizeStyle([props?.['style']]) as { readonly display?: string } // of an array it makes an object
  if (el.style.getPropertyPriority('display') !== '') el.style.display = own.display ?? ''
}
