import { entranceTitle, reasonWords, type Mode } from '@authchart/example-shared'
import { useAuth } from '@authchart/react'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'
import { Heading } from './Heading.tsx'

export interface EntranceHeadProps {
  readonly mode: Mode
}

/** Says why there is something to fill in. */
export function EntranceHead({ mode }: EntranceHeadProps) {
  const demo = useDemo()
  const { dismiss } = useAuth()
  const entrance = useStore(demo.entrance)
  const isExpired = entrance.kind === 'expired'

  return (
    <header className="page-head">
      <Heading data-testid={`${entrance.kind}-title`}>{entranceTitle(entrance, mode)}</Heading>
      {entrance.kind === 'plain' ? (
        <p>
          A session with everything that can happen to it: reloads, tabs, lost answers, a second factor. The panel shows
          the statechart as it runs and lets you make the world misbehave.
        </p>
      ) : (
        <div className="row">
          <p role={isExpired ? 'alert' : undefined} data-testid="reason">
            {reasonWords[entrance.reason]}
          </p>
          <button type="button" className="button button-small" data-testid="dismiss" onClick={dismiss}>
            {isExpired ? 'Not now' : 'Dismiss'}
          </button>
        </div>
      )}
    </header>
  )
}
