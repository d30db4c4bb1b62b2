import { gateOf } from '@authchart/core'
import { useSelector } from '@xstate/vue'
import { effectScope, normalizeStyle, watchEffect, type EffectScope, type ObjectDirective, type VNode } from 'vue'
import type { AnyAuth, GuardCall } from './register.ts'
import { toStore } from './store.ts'

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
  const scopes = new WeakMap<Element, EffectScope>()
  const release = (el: Element): void => scopes.get(el)?.stop()
  const bind = (el: HTMLElement | SVGElement, { value }: { readonly value: GuardCall }, { props }: VNode): void => {
    release(el)
    const [guard, ...params] = [value].flat() as readonly unknown[]
    const own = normalizeStyle([props?.['style']]) as { readonly display?: string } // of an array it makes an object
    const scope = effectScope(true)
    scopes.set(el, scope)
    scope.run(() => {
      const state = useSelector(toStore(auth), (now) => now)
      watchEffect(() => {
        const isOpen = gateOf(auth, state.value, [guard, ...params]) === 'open'
        el.toggleAttribute('inert', !isOpen)
        if (!isOpen) el.style.setProperty('display', 'none', 'important')
        else if (el.style.getPropertyPriority('display')) el.style.display = own.display ?? ''
      })
    })
  }
  return {
    // on a server no user is confirmed; a Content-Security-Policy may forbid the style, and a style the `hidden`
    getSSRProps: () => ({ hidden: true, inert: '', style: 'display:none !important' }),
    created(el, _binding, { props }) {
      if ((props?.['hidden'] ?? false) === false) el.removeAttribute('hidden') // that was the server's
      // before any listener of the app: Enter in a form presses its first button, even one that is out of reach
      const stop = (event: Event): void => (event.preventDefault(), event.stopImmediatePropagation())
      el.addEventListener('click', (event) => el.hasAttribute('inert') && stop(event), true)
    },
    beforeMount: bind,
    updated: bind,
    beforeUnmount: release,
  }
}
