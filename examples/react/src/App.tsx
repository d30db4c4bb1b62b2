import { announcementOf, catchLostFocus, panel, screenOf } from '@authchart/example-shared'
import { useAuthState } from '@authchart/react'
import { useEffect, useRef } from 'react'
import { demo } from './demo.ts'
import { TopBar } from './TopBar.tsx'
import { ChartPanel } from './panel/ChartPanel.tsx'
import { useStore } from './use-store.ts'
import { Challenge } from './views/Challenge.tsx'
import { Enter } from './views/Enter.tsx'
import { Home } from './views/Home.tsx'

export function App() {
  const status = useAuthState((state) => state.status)
  const announcement = useAuthState(announcementOf)
  const { kind } = useStore(demo.entrance)
  const panelState = useStore(panel)
  const screen = screenOf(status)
  useFocusAfter(screen === 'enter' ? kind : screen)

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
      <main className="page" data-testid="screen" data-screen={screen}>
        {screen === 'restoring' && (
          <p className="quiet">
            <span className="spinner" aria-hidden="true" />
            Looking for your session…
          </p>
        )}
        {screen === 'enter' && <Enter />}
        {screen === 'challenge' && <Challenge />}
        {screen === 'home' && <Home />}
      </main>
      <ChartPanel />
      <p className="hidden-visually" role="status">
        {announcement}
      </p>
    </div>
  )
}

/** The person's place must not get lost with the screen that held the focus. Loading the page moves nothing. */
function useFocusAfter(screen: string): void {
  const before = useRef('restoring')
  useEffect(() => {
    if (before.current !== 'restoring' && before.current !== screen) catchLostFocus()
    before.current = screen
  }, [screen])
}
