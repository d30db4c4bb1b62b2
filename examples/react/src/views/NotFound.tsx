import { paths } from '@authchart/example-shared'
import { Link } from 'react-router'

export function NotFound() {
  return (
    <section className="stack" data-testid="not-found">
      <header className="page-head">
        <h1 tabIndex={-1}>This page does not exist</h1>
      </header>
      <p>
        <Link className="button" to={paths.home}>
          To the posts
        </Link>
      </p>
    </section>
  )
}
