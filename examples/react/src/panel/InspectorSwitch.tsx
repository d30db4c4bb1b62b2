import { inspectorWords } from '@authchart/example-shared'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'

export function InspectorSwitch() {
  const demo = useDemo()
  const { inspector } = demo
  const status = useStore(inspector.status)

  return (
    <section>
      <button
        type="button"
        role="switch"
        className="switch"
        aria-checked={status === 'on'}
        aria-disabled={status === 'unavailable'}
        aria-describedby="inspector-note"
        data-testid="inspector"
        onClick={() => void inspector.toggle()}
      >
        Stately inspector
      </button>
      <p className="told" role="status" id="inspector-note" data-testid="inspector-note">
        {inspectorWords[status]}
      </p>
    </section>
  )
}
