import { secondsUntil } from '@authchart/example-shared'
import { useAuthState } from '@authchart/react'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'
import { StoryPicture } from './StoryPicture.tsx'

export function Readings() {
  const demo = useDemo()
  const status = useAuthState((state) => state.status)
  const renewal = useAuthState((state) => ('renewal' in state ? state.renewal : null))
  const { generation, expiresAt, retryAt } = useStore(demo.chart)
  const now = useStore(demo.now)
  const left = secondsUntil(expiresAt, now)
  const retryIn = secondsUntil(retryAt, now)

  return (
    <section aria-labelledby="readings-title">
      <h2 id="readings-title">What an app sees</h2>
      <dl className="readings" aria-live="off">
        <div>
          <dt>Status</dt>
          <dd data-testid="status">{status}</dd>
        </div>
        <div>
          <dt>Renewal</dt>
          <dd data-testid="renewal">{renewal ?? '–'}</dd>
        </div>
        <div>
          <dt>Generation</dt>
          <dd data-testid="generation">{generation ?? '–'}</dd>
        </div>
        <div>
          <dt>{retryIn === null ? 'Token ends in' : 'Next try in'}</dt>
          <dd data-testid="expires-in">{seconds(retryIn ?? left)}</dd>
        </div>
      </dl>
      <StoryPicture status={status} />
    </section>
  )
}

function seconds(count: number | null): string {
  return count === null ? '–' : `${count} s`
}
