import { announcementOf } from '@authchart/example-shared'
import { useAuthState } from '@authchart/react'
import { Outlet, ScrollRestoration } from 'react-router'
import { useDemo } from './demo.tsx'
import { TopBar } from './TopBar.tsx'
import { ChartPanel } from './panel/ChartPanel.tsx'
import { useStore } from './use-store.ts'
import { RenewalNotice } from './views/RenewalNotice.tsx'

/** What is on every page. */
export function Layout() {
  const demo = useDemo()
  const announcement = useAuthState(announcementOf)
  const panelState = useStore(demo.panel)

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
