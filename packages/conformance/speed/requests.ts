import { drain } from '@authchart/core/testing'
import { beyond, gate, interleaved, median, timeOf, type Figure, type Row } from './measure.ts'
import { DATA, signedIn, type Kind } from './server.ts'

const CALLS = 1000

/** What the wrapper adds to a request whose token is good. */
async function request(headers?: Readonly<Record<string, string>>): Promise<Figure> {
  const init = headers && { headers }
  const [auth, naive] = [await signedIn('auth'), await signedIn('naive')]
  for (const { fetch, server } of [auth, naive]) {
    gate((await fetch(DATA, init)).status === 200 && server.renewals === 0, 'a good token is answered as it is')
    server.isBlind = true
  }
  const bare = { headers: { ...headers, authorization: 'Bearer access-1' } }
  const calls = (call: () => Promise<Response>) => () =>
    timeOf(async () => {
      for (let n = 0; n < CALLS; n += 1) await call()
    })
  const times = await interleaved(
    {
      bare: calls(() => naive.server.fetch(DATA, bare)),
      auth: calls(() => auth.fetch(DATA, init)),
      naive: calls(() => naive.fetch(DATA, init)),
    },
    { slices: 61, warm: 10 },
  )
  auth.end()
  const [ours, theirs] = [times.auth, times.naive].map((all) => (beyond(all, times.bare) * 1000) / CALLS)
  return { ours: ours ?? NaN, theirs: theirs ?? NaN, unit: 'µs' }
}

/** Runs `work` some hours later. */
async function later<T>(work: () => Promise<T>): Promise<T> {
  const { now } = Date
  Date.now = () => now() + 7_200_000
  try {
    return await work()
  } finally {
    Date.now = now
  }
}

/** Many requests at once whose token has expired, or is refused by the server. */
async function herd(count: number, how: 'expired' | 'refused'): Promise<Figure> {
  const run = (kind: Kind) => async () => {
    const { fetch, server, end } = await signedIn(kind)
    server.good.clear()
    let statuses: readonly number[] = []
    const all = async () => {
      const answers = Array.from({ length: count }, () => fetch(DATA).then(({ status }) => status))
      statuses = await Promise.all(answers)
    }
    const time = await timeOf(() => (how === 'expired' ? later(all) : all()))
    gate(statuses.length === count && statuses.every((status) => status === 200), `${kind}: all are answered`)
    gate(server.renewals === 1 && server.reused === 0, `${kind}: one renewal, not ${server.renewals}`)
    end()
    await drain()
    return time
  }
  const size = count > 1000 ? { slices: 11, warm: 3 } : { slices: 41, warm: 10 }
  const times = await interleaved({ auth: run('auth'), naive: run('naive') }, size)
  return { ours: median(times.auth), theirs: median(times.naive), unit: 'ms' }
}

/** What one more request takes that waits for a renewal which 2,000 wait for. */
async function waiter(): Promise<Figure> {
  const more = 500
  const run = () =>
    later(async () => {
      const { fetch, server, end } = await signedInBefore()
      const waiting = Array.from({ length: 2000 }, () => fetch(DATA))
      for (let n = 0; n < 20; n += 1) await Promise.resolve()
      const time = await timeOf(async () => {
        for (let n = 0; n < more; n += 1) waiting.push(fetch(DATA))
        for (let n = 0; n < 20; n += 1) await Promise.resolve()
      })
      const answers = await Promise.all(waiting)
      gate(answers.every(({ status }) => status === 200) && server.renewals === 1, 'one renewal answers all of them')
      end()
      return (time * 1000) / more
    })
  const { auth } = await interleaved({ auth: run }, { slices: 15, warm: 3 })
  return { ours: median(auth), theirs: null, unit: 'µs' }
}

/** Signed in with a token that the clock says is over. */
async function signedInBefore() {
  const now = Date.now
  Date.now = () => now() - 7_200_000
  try {
    return await signedIn('auth')
  } finally {
    Date.now = now
  }
}

export const requestRows: readonly Row[] = [
  { name: 'request, good token', against: 'naive', goal: 0.5, measure: () => request() },
  {
    name: 'request, good token, own headers',
    against: 'naive',
    goal: 0.5,
    measure: () => request({ accept: 'application/json' }),
  },
  { name: '1,000 at once, expired', against: 'naive', goal: 1, measure: () => herd(1000, 'expired') },
  { name: '1,000 at once, refused', against: 'naive', goal: 1, measure: () => herd(1000, 'refused') },
  { name: '10,000 at once, expired', against: 'naive', goal: 1, measure: () => herd(10_000, 'expired') },
  { name: '10,000 at once, refused', against: 'naive', goal: 1, measure: () => herd(10_000, 'refused') },
  { name: 'one more waiter behind 2,000', against: 'itself, µs', goal: 10, measure: waiter },
]
