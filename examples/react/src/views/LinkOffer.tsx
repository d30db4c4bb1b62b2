import { redeemLink } from '@authchart/example-shared'
import { useAuth, useAuthState } from '@authchart/react'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'

/** A link that was opened signs in only when it is asked to: mail scanners open links, too. */
export function LinkOffer() {
  const demo = useDemo()
  const auth = useAuth()
  const token = useStore(demo.linkToken)
  const isBusy = useAuthState(({ status }) => status === 'authenticating')
  if (token === null) return null

  return (
    <section className="notice" aria-labelledby="link-title">
      <h2 id="link-title">You opened a sign-in link</h2>
      <p className="soft">It works once, on this device or any other.</p>
      <div className="row">
        <button
          type="button"
          className="button button-main"
          data-testid="redeem-link"
          aria-disabled={isBusy}
          onClick={() => {
            if (!isBusy) void redeemLink(auth, token).finally(() => demo.linkToken.set(null))
          }}
        >
          Sign in with this link
        </button>
        <button type="button" className="button button-plain" onClick={() => demo.linkToken.set(null)}>
          Not now
        </button>
      </div>
    </section>
  )
}
