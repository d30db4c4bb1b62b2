import { createResource, dateWords } from '@authchart/example-shared'
import { useEffect, useState } from 'react'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'
import { Heading } from './Heading.tsx'

const counts = ['users', 'posts', 'notes', 'sessions'] as const

export function ReportPage() {
  const demo = useDemo()
  const [resource] = useState(() => createResource(demo.api.report))
  const { value: report, error, loading } = useStore(resource)
  useEffect(() => resource.load(), [resource])

  return (
    <section className="stack" data-testid="admin-page">
      <div className="row row-apart">
        <Heading>Admin</Heading>
        <button
          type="button"
          className="button button-small"
          aria-disabled={loading}
          data-testid="reload-report"
          onClick={resource.load}
        >
          {loading && <span className="spinner" aria-hidden="true" />}
          Reload
        </button>
      </div>
      <p className="alert" role="alert" data-testid="admin-error">
        {error}
      </p>
      {!report && loading && <div className="placeholder" aria-hidden="true" />}
      {report && (
        <>
          <dl className="tiles">
            {counts.map((name) => (
              <div key={name} className="tile">
                <dt>{name}</dt>
                <dd data-testid={`report-${name}`}>{report[name]}</dd>
              </div>
            ))}
          </dl>
          <p className="soft">Counted by the server on {dateWords(report.generatedAt)}, for admins only.</p>
        </>
      )}
    </section>
  )
}
