import { AuthError, toAuthError } from '../errors.ts'
import { later } from '../ports/clock.ts'
import { report } from '../report.ts'
import { isSameGrant, type Session } from '../session/session.ts'
import type { Clock } from '../types.ts'
import type { Vault } from '../vault.ts'
import { verdictOf, verdictOfOther } from './judge.ts'
import { createPace } from './pace.ts'
import { renew } from './renewal.ts'
import { backOff, settled, type Exchange, type Outcome, type RenewalTools } from './tools.ts'

/** Spends the refresh token: the only place that does, one renewal at a time in this tab, one tab per browser. */
export interface Broker {
  readonly renew: () => Promise<Outcome>
  /** Spends it on something else that hands out a new pair, under the same lock and with the same care. */
  readonly spendOn: (send: Exchange['send']) => Promise<void>
  /** Resolves when nothing is on its way. */
  readonly idle: () => Promise<void>
}

export interface BrokerOptions extends Omit<RenewalTools, 'paceOf' | 'onLate'> {
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>
  /** The storage does not answer, and this page goes on by itself. */
  readonly onUnreachable: (session: Session) => Promise<void>
}

/** A frozen tab keeps the lock. It is never stolen, but waiting for it times out. */
const LONGEST_LOCK_WAIT = 120_000
/** A storage that has not answered for so long will not answer in this page any more. */
const LONGEST_OUTAGE = 120_000
/** What is wrong for so long after the access token has ended is no passing trouble. */
const LONGEST_STALL = 300_000

export function createBroker(options: BrokerOptions): Broker {
  const { client, vault, rules } = options
  let inFlight: { readonly session: Session; readonly outcome: Promise<Outcome> } | null = null
  let late: Promise<unknown> | null = null
  let pace = createPace('', rules)
  const tools: RenewalTools = {
    ...options,
    paceOf: ({ id }) => (pace.id === id ? pace : (pace = createPace(id, rules))),
    onLate: (answer) => void (late = answer),
  }

  function run(exchange: Exchange): Promise<Outcome> {
    const { session } = vault
    if (!session) return Promise.resolve(settled)
    options.onStep('lock')
    const outcome = lock(
      rules.clock,
      options.lock,
      () => renew(tools, session, exchange),
      () => backOff(tools, session, 'timeout'),
    )
      .catch((thrown: unknown): Outcome => {
        // the lock of the app, say
        if (!(thrown instanceof AuthError)) report(thrown)
        return tools.paceOf(session).backOff(toAuthError(thrown))
      })
      .then((ended) => unlessStalled(tools, options, session, ended))
    const own = { session, outcome }
    inFlight = own
    void outcome.then(() => {
      if (inFlight === own) inFlight = null
    })
    return outcome
  }

  return {
    async spendOn(send) {
      do await inFlight?.outcome
      while (await exchangeOnce(vault, run, send))
    },
    renew() {
      const refresh = client.refresh?.bind(client) ?? (() => Promise.reject(new AuthError('not-supported')))
      // one that has ended may not be gone yet: what it brought is held by now
      if (inFlight && isSameGrant(inFlight.session, vault.session)) return inFlight.outcome
      return run({ send: ({ refreshToken }, call) => refresh({ refreshToken }, call), verdictOf, isRenewal: true })
    },
    async idle() {
      await inFlight?.outcome
      await late
    },
  }
}

/** True if another tab was faster with what it would have spent: then nothing was sent. */
async function exchangeOnce(vault: Vault, run: (exchange: Exchange) => Promise<Outcome>, send: Exchange['send']) {
  const before = vault.session
  let isSent = false
  let failure: AuthError | undefined
  const outcome = await run({
    send: (tokens, call) => {
      isSent = true
      return send(tokens, call).catch((thrown: unknown) => {
        failure = toAuthError(thrown)
        throw failure
      })
    },
    verdictOf: verdictOfOther,
    isRenewal: false,
  })
  if (failure) throw failure
  if (outcome.type !== 'settled') throw outcome.error
  const { session } = vault
  const isRenewed = before !== null && session?.id === before.id && session.generation > before.generation
  if (!isSent && isRenewed) return true
  if (!isSent || session?.generation === before?.generation) throw new AuthError('not-authenticated')
  return false
}

/** A session whose access token has ended, and that nothing can renew for a reason that is no outage, is over. */
async function unlessStalled(
  { paceOf, onEnded }: RenewalTools,
  { onUnreachable }: BrokerOptions,
  session: Session,
  outcome: Outcome,
): Promise<Outcome> {
  if (outcome.type !== 'deferred') return outcome
  const isOutage = outcome.error.code === 'storage-unavailable'
  const longest = isOutage ? LONGEST_OUTAGE : LONGEST_STALL
  if (paceOf(session).stalled(session, outcome.error) < longest) return outcome
  await (isOutage ? onUnreachable(session) : onEnded(session, 'access-token-expired'))
  return settled
}

/** Gives up waiting for a lock that does not come; what comes of it later does nothing. */
function lock(
  clock: Clock,
  acquire: BrokerOptions['lock'],
  work: () => Promise<Outcome>,
  onTimeout: () => Outcome,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const cancel = later(clock, LONGEST_LOCK_WAIT, () => {
      isOver = true
      resolve(onTimeout())
    })
    const begin = async (): Promise<Outcome> => {
      cancel()
      return isOver ? settled : work()
    }
    // one that is not to be had may come to nothing
    acquire(begin).then((outcome: Outcome | undefined) => resolve(outcome ?? onTimeout()), reject)
  })
}
