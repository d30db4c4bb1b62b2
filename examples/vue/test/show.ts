import type { DemoAuth } from '@authchart/example-shared'
import { createTestDemo } from '@authchart/example-shared/testing'
import { createApp } from 'vue'
import { createDemoPlugin } from '../src/demo.ts'
import Layout from '../src/Layout.vue'
import { createAppRouter } from '../src/router.ts'

/** The whole app with the auth of a test, at this page. Returns how to take it away. */
export function show(auth: DemoAuth, page = '/'): () => void {
  const before = location.href
  history.replaceState(null, '', page)
  const { router, stop } = createAppRouter(auth)
  const app = createApp(Layout)
    .use(createDemoPlugin(createTestDemo(auth)))
    .use(router)
  const root = document.body.appendChild(document.createElement('div'))
  app.mount(root)
  return () => {
    app.unmount()
    root.remove()
    stop()
    router.options.history.destroy()
    history.replaceState(null, '', before)
  }
}
