import { reasonWords } from '@authchart/example-shared'
import { useAuth } from '@authchart/react'
import { demo } from '../demo.ts'
import { useStore } from '../use-store.ts'

/** Says how it came that nobody is signed in. */
export function EntranceHead() {
  const { dismiss } = useAuth()
  const entrance = useStore(demo.entrance)

  switch (entrance.kind) {
    case 'plain':
      return (
        <header className="page-head">
          <h1 tabIndex={-1}>Sign in, and watch the chart</h1>
          <p>
            A session with everything that can happen to it: reloads, tabs, lost answers, a second factor. The panel
            shows the statechart as it runs and lets you make the world misbehave.
          </p>
        </header>
      )
    case 'signedOut':
      return (
        <header className="page-head">
          <h1 tabIndex={-1}>You are signed out</h1>
          <div className="row">
            <p data-testid="reason">{reasonWords[entrance.reason]}</p>
            <button type="button" className="button button-small" data-testid="dismiss" onClick={dismiss}>
              Dismiss
            </button>
          </div>
        </header>
      )
    case 'expired':
      return (
        <header className="page-head">
          <h1 tabIndex={-1} data-testid="expired-title">
            Your session expired.{' '}
            {entrance.lastUser?.name ? `Sign in again as ${entrance.lastUser.name}` : 'Sign in again'}
          </h1>
          <div className="row">
            <p role="alert" data-testid="reason">
              {reasonWords[entrance.reason]}
            </p>
            <button type="button" className="button button-small" data-testid="dismiss" onClick={dismiss}>
              Not now
            </button>
          </div>
        </header>
      )
  }
}
