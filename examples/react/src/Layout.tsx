import { announcementOf, catchLostFocus, panel } from '@authchart/example-shared'
import { useAuthState } from '@authchart/react'
import { useEffect, useRef } from 'react'
import { Outlet, ScrollRestoration, useLocation } from 'react-router'
import { TopBar } from './TopBar.tsx'
import { ChartPanel } from './panel/ChartPanel.tsx'
import { useStore } from './use-store.ts'
import { RenewalNotice } from './views/RenewalNotice.tsx'

/** What is on every page. */
export function Layout() {
  const announcement = useAuthState(announcementOf)
  const panelState = useStore(panel)
  useFocusAfterNavigation()

  return (
    <div className="app" data-panel={panelState}>
      <button
        type="button"
        className="button skip"
        onClick={() => document.querySelector<HTMLElement>('main h1')?.focus()}
      >
        Skip to the page
      </button>
      <TopBar />
      <main className="page" data-testid="screen">
        <RenewalNotice />
        <Outlet />
      </main>
      <ChartPanel />
      <p className="hidden-visually" role="status">
        {announcement}
      </p>
      <ScrollRestoration />
    </div>
  )
}

/** The person's place must not get lost with the page that held the focus. Loading the first page moves nothing. */
function useFocusAfterNavigation(): void {
  const { pathname } = useLocation()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current !== pathname) catchLostFocus()
    before.current = pathname
  }, [pathname])
}
