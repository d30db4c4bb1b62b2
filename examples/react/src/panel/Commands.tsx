import { commandWords, type Command } from '@authchart/example-shared'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'

export function Commands() {
  const demo = useDemo()
  const { commands } = demo
  const note = useStore(commands.note)

  return (
    <section aria-labelledby="commands-title">
      <h2 id="commands-title">Commands</h2>
      <div className="buttons buttons-row">
        {(Object.keys(commandWords) as Command[]).map((command) => (
          <button
            key={command}
            type="button"
            className="button"
            data-testid={`command-${command}`}
            onClick={() => void commands.run(command)}
          >
            {commandWords[command]}
          </button>
        ))}
      </div>
      <p className="told" role="status" data-testid="command-note">
        {note}
      </p>
    </section>
  )
}
