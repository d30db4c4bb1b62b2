import { paths } from '@authchart/example-shared'
import { Link } from 'react-router'
import { Heading } from './Heading.tsx'

export function NotFound() {
  return (
    <section className="stack" data-testid="not-found">
      <header className="page-head">
        <Heading>This page does not exist</Heading>
      </header>
      <p>
        <Link className="button" to={paths.home}>
          To the posts
        </Link>
      </p>
    </section>
  )
}
