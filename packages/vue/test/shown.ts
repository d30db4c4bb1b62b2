import { createAuthPlugin } from '@authchart/vue'
import { render } from 'vitest-browser-vue'
import { nextTick, type Component } from 'vue'
import type { TestAuth } from './server.ts'

export const show = (auth: TestAuth, view: Component) => render(view, { global: { plugins: [createAuthPlugin(auth)] } })

/** What is on the screen, once Vue has taken in everything that happened. */
export async function shown({ container }: { container: HTMLElement }): Promise<string | null> {
  await nextTick()
  return container.textContent
}
