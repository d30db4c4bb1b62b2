import { drain } from '@authchart/core/testing'
import { beyond, gate, interleaved, timeOf, type Figure } from './measure.ts'
import { createClock, createServer, openAuth, type SpeedAuth } from './server.ts'

export const READERS = 1000
const RENEWALS = 5

export interface Mounted {
  /** How often a reader was rendered. */
  readonly renders: () => number
  readonly element: HTMLElement
  readonly unmount: () => void
}

/** Shows that many readers of an auth. */
export type Mount = (auth: SpeedAuth, element: HTMLElement) => Promise<Mounted>

/** What the readers add to one renewal, beside what the same number of bare selectors adds. */
export async function perRenewal(mounts: { readonly ours: Mount; readonly bare: Mount }): Promise<Figure> {
  const opened = async (mount?: Mount) => {
    const server = createServer()
    const clock = createClock()
    const auth = openAuth(server, { clock })
    await auth.signIn(null)
    const element = document.createElement('div')
    const mounted = await mount?.(auth, element)
    await drain()
    return { auth, clock, server, element, mounted }
  }
  const all = { none: await opened(), ours: await opened(mounts.ours), bare: await opened(mounts.bare) }
  const before = [all.ours, all.bare].map(({ mounted }) => mounted?.renders())
  gate(before[0] === READERS && before[1] === READERS, `each is rendered once, not ${before.join(' and ')} in all`)
  gate(all.ours.element.textContent === 'yes'.repeat(READERS), 'each says yes')
  const renewal =
    ({ auth, clock }: Pick<Awaited<ReturnType<typeof opened>>, 'auth' | 'clock'>) =>
    () => {
      return timeOf(async () => {
        for (let n = 0; n < RENEWALS; n += 1) {
          clock.forward(1_200_000)
          await auth.refresh()
          await drain()
        }
      })
    }
  const cases = { none: renewal(all.none), ours: renewal(all.ours), bare: renewal(all.bare) }
  const times = await interleaved(cases, { slices: 31, warm: 5 })
  const after = [all.ours, all.bare].map(({ mounted }) => mounted?.renders())
  gate(after[0] === READERS && after[1] === READERS, `no renewal renders: ${after.join(' and ')} in all`)
  gate(all.ours.server.renewals > 60 && all.ours.server.reused === 0, 'each time was one renewal')
  for (const { auth, mounted } of Object.values(all)) {
    mounted?.unmount()
    auth.destroy()
  }
  const [ours = NaN, theirs = NaN] = [times.ours, times.bare].map((all) => beyond(all, times.none) / RENEWALS)
  return { ours, theirs, unit: 'ms' }
}
