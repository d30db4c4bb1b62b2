import { useState } from 'react'
import { demo } from '../demo.ts'

export function Forbidden() {
  const [answer, setAnswer] = useState('')

  async function ask(): Promise<void> {
    setAnswer('')
    const result = await demo.api.report()
    setAnswer(result.ok ? 'The server gave the report.' : result.message)
  }

  return (
    <section className="stack" data-testid="forbidden">
      <header className="page-head">
        <h1 tabIndex={-1}>This page is for admins</h1>
        <p>A guard of the chart keeps it from the screen. The server keeps it for real: ask it.</p>
      </header>
      <div className="row">
        <button type="button" className="button" data-testid="ask-anyway" onClick={() => void ask()}>
          Ask the server anyway
        </button>
        <a className="button button-plain" href="#/">
          Back to the posts
        </a>
      </div>
      <p role="status" className="told" data-testid="forbidden-answer">
        {answer}
      </p>
    </section>
  )
}
