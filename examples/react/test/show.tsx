import type { DemoAuth } from '@authchart/example-shared'
import { createTestDemo } from '@authchart/example-shared/testing'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { render } from 'vitest-browser-react'
import { DemoProvider } from '../src/demo.tsx'
import { createAppRouter } from '../src/router.tsx'

/** The whole app with the auth of a test, at this page. Returns how to take it away. */
export async function show(auth: DemoAuth, page = '/'): Promise<() => Promise<void>> {
  const { router, stop } = createAppRouter(auth, (routes) => createMemoryRouter(routes, { initialEntries: [page] }))
  const screen = await render(
    <DemoProvider demo={createTestDemo(auth)}>
      <RouterProvider router={router} />
    </DemoProvider>,
  )
  return async () => {
    await screen.unmount()
    stop()
    router.dispose()
  }
}
