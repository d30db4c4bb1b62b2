import { faultWords, type Fault } from '@authchart/example-shared'
import { useAuthState } from '@authchart/react'
import { useEffect } from 'react'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'

export function FaultButtons() {
  const demo = useDemo()
  const { faults } = demo
  const { on, note } = useStore(faults.view)
  const { generation } = useStore(demo.chart)
  const status = useAuthState((state) => state.status)

  // what happens once is over when it has happened
  useEffect(() => void faults.look(), [faults, status, generation])

  return (
    <section aria-labelledby="faults-title">
      <h2 id="faults-title">Make the world misbehave</h2>
      <div className="buttons">
        <button type="button" className="button" data-testid="fault-expire" onClick={() => void faults.expireAccess()}>
          Expire the token
        </button>
        <button type="button" className="button" data-testid="fault-end" onClick={() => void faults.endSessions()}>
          End the session
        </button>
        {(Object.keys(faultWords) as Fault[]).map((fault) => (
          <button
            key={fault}
            type="button"
            className="button"
            aria-pressed={on[fault]}
            data-testid={`fault-${fault}`}
            onClick={() => void faults.toggle(fault)}
          >
            {faultWords[fault]}
          </button>
        ))}
      </div>
      <p className="told" role="status" data-testid="fault-note">
        {note}
      </p>
      {Object.values(on).includes(true) && (
        <button type="button" className="button" data-testid="fault-reset" onClick={() => void faults.reset()}>
          Everything back to normal
        </button>
      )}
    </section>
  )
}
