import type { DemoAuth } from '@authchart/example-shared'
import { createTestDemo } from '@authchart/example-shared/testing'
import { RouterProvider } from 'react-router/dom'
import { render } from 'vitest-browser-react'
import { DemoProvider } from '../src/demo.tsx'
import { createAppRouter } from '../src/router.tsx'

/** The whole app with the auth of a test, at this page. Returns how to take it away. */
export async function show(auth: DemoAuth, page = '/'): Promise<() => Promise<void>> {
  const before = location.href
  history.replaceState(null, '', page)
  const { router, stop } = createAppRouter(auth)
  const screen = await render(
    <DemoProvider demo={createTestDemo(auth)}>
      <RouterProvider router={router} />
    </DemoProvider>,
  )
  return async () => {
    await screen.unmount()
    stop()
    router.dispose()
    history.replaceState(null, '', before)
  }
}
