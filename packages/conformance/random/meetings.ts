/** What was under way at the same time, over a whole campaign: one in which nothing meets proves nothing. */
import type { Simulation } from './simulation.ts'

type Doing = 'renewal' | 'sign-out' | 'sign-in' | 'switch'
const pairs: readonly (readonly [Doing, Doing])[] = [
  ['renewal', 'sign-out'],
  ['renewal', 'sign-in'],
  ['renewal', 'switch'],
  ['sign-out', 'sign-in'],
  ['sign-out', 'switch'],
]

/** What goes on in a browser at this moment. A sign-in where a user is signed in is a switch. */
function underWay({ pages }: Simulation): ReadonlySet<Doing> {
  const found = new Set<Doing>()
  for (const { auth, kept } of pages) {
    const { status } = auth.getState()
    const { session } = auth.actor.getSnapshot().context
    if (status === 'refreshing') found.add('renewal')
    if (status === 'authenticating' || status === 'challenged') found.add(session ? 'switch' : 'sign-in')
    if (kept.some(({ what, outcome }) => what === 'signOut' && outcome === 'pending')) found.add('sign-out')
  }
  return found
}

export function createMeetings() {
  const runs = new Map<string, number>()
  let steps = 0
  let spent = 0
  return {
    /** Counts each pair once in a run. */
    beginRun() {
      const met = new Set<string>()
      return {
        look(sim: Simulation) {
          const doing = underWay(sim)
          for (const [one, other] of pairs) if (doing.has(one) && doing.has(other)) met.add([one, other].join(' × '))
        },
        end(sim: Simulation, stepsOfRun: number) {
          steps += stepsOfRun
          spent += sim.server.facts.refreshes
          for (const pair of met) runs.set(pair, (runs.get(pair) ?? 0) + 1)
        },
      }
    },
    /** In how many runs the pair met that met least. */
    rarest: (): number => Math.min(...pairs.map((pair) => runs.get(pair.join(' × ')) ?? 0)),
    tell: (): string =>
      [`${steps} steps`, `${spent} tokens spent`, ...[...runs].map(([pair, count]) => `${pair} in ${count}`)].join(
        ', ',
      ),
  }
}
