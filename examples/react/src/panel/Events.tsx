import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'

/** The last events of the chart, by type: that is all there is to see of them. */
export function Events() {
  const demo = useDemo()
  const seen = useStore(demo.events)

  return (
    <section aria-labelledby="events-title">
      <h2 id="events-title">Last events, newest first</h2>
      <ol className="events" aria-live="off" data-testid="events">
        {seen.map(({ id, type }) => (
          <li key={id}>{type}</li>
        ))}
      </ol>
    </section>
  )
}
