import { chooseCustody, custodyWords, type Custody } from '@authchart/example-shared'
import { useDemo } from '../demo.tsx'

/** Where the session is kept. */
export function CustodyChoice() {
  const demo = useDemo()
  return (
    <fieldset className="choice" aria-describedby="custody-note">
      <legend>Where the session lives</legend>
      {(Object.keys(custodyWords) as Custody[]).map((custody) => (
        <label key={custody}>
          <input
            type="radio"
            name="custody"
            checked={custody === demo.custody}
            data-testid={`custody-${custody}`}
            onChange={() => chooseCustody(custody)}
          />
          {custodyWords[custody]}
        </label>
      ))}
      <p className="told" id="custody-note">
        Each way has a session of its own. The page begins anew.
      </p>
    </fieldset>
  )
}
