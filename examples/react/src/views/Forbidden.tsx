import { paths, type ApiResult } from '@authchart/example-shared'
import { useState } from 'react'
import { Link } from 'react-router'
import { Heading } from './Heading.tsx'

export interface ForbiddenProps {
  readonly title: string
  /** What the guard keeps from the screen, asked of the server. */
  readonly ask: () => Promise<ApiResult<unknown>>
}

export function Forbidden({ title, ask }: ForbiddenProps) {
  const [answer, setAnswer] = useState('')

  async function askAnyway(): Promise<void> {
    setAnswer('')
    const result = await ask()
    setAnswer(result.ok ? 'The server did it.' : result.message)
  }

  return (
    <section className="stack" data-testid="forbidden">
      <header className="page-head">
        <Heading>{title}</Heading>
        <p>A guard of the chart keeps it from the screen. The server keeps it for real: ask it.</p>
      </header>
      <div className="row">
        <button type="button" className="button" data-testid="ask-anyway" onClick={() => void askAnyway()}>
          Ask the server anyway
        </button>
        <Link className="button button-plain" to={paths.home}>
          Back to the posts
        </Link>
      </div>
      <p role="status" className="told" data-testid="forbidden-answer">
        {answer}
      </p>
    </section>
  )
}
