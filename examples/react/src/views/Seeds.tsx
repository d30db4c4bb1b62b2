import { seeds, type Seed } from '@authchart/example-shared'

export interface SeedsProps {
  readonly onPick: (seed: Seed) => void
}

export function Seeds({ onPick }: SeedsProps) {
  return (
    <section className="stack" aria-labelledby="seeds-title">
      <div>
        <h2 id="seeds-title">Try it as one of these</h2>
        <p className="soft">A click fills in the form.</p>
      </div>
      <ul className="seeds">
        {seeds.map((seed) => (
          <li key={seed.email}>
            <button
              type="button"
              className="seed"
              data-testid={`seed-${seed.name.toLowerCase()}`}
              onClick={() => onPick(seed)}
            >
              <span className="avatar" aria-hidden="true">
                {seed.name.slice(0, 1)}
              </span>
              <span className="seed-name">{seed.name}</span>
              <span className="seed-about">{seed.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
