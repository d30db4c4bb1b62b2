import type { Demo, DemoAuth } from '@authchart/example-shared'
import { createAuthPlugin } from '@authchart/vue'
import { inject, type InjectionKey, type Plugin } from 'vue'

declare module '@authchart/vue' {
  interface Register {
    auth: DemoAuth
  }
}

const demoKey: InjectionKey<Demo> = Symbol('demo')

/** Gives the screens the auth, and what the demo shows around it. A test gives them its own. */
export function createDemoPlugin(demo: Demo): Plugin<[]> {
  return {
    install(app) {
      app.use(createAuthPlugin(demo.auth)).provide(demoKey, demo)
    },
  }
}

export function useDemo(): Demo {
  const demo = inject(demoKey)
  if (!demo) throw new Error('This screen stands in an app without createDemoPlugin')
  return demo
}
