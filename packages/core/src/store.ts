import { AuthError, type AuthErrorCode } from './errors.ts'
import type { Decide } from './outcomes.ts'
import { later } from './ports/clock.ts'
import { report } from './report.ts'
import { keepEqual, toState, type AuthSnapshot } from './state.ts'
import type { AuthActor, AuthState, Clock } from './types.ts'

/** The running chart, as the facade uses it: commands in, states out, and promises that settle by what is true. */
export interface Store {
  readonly state: () => AuthState
  readonly initialState: AuthState
  readonly subscribe: (listener: (state: AuthState) => void) => () => void
  /** Work begins with the first command or subscriber. */
  readonly start: () => void
  readonly send: AuthActor['send']
  /** Settles by the first snapshot that `decide` has an answer for; with `'timeout'` after so many milliseconds. */
  readonly until: <T>(decide: Decide<T>, signal?: AbortSignal, longest?: number) => Promise<T>
  /** What guards without parameters have answered, while listeners are told of a change: many of them ask the same. */
  readonly answers: () => Map<string, boolean> | null
  /** Why no command is taken any more. */
  readonly over: () => AuthErrorCode | null
  /** Takes no command any more. False: it does so already. */
  readonly end: (code: AuthErrorCode) => boolean
}

export interface StoreOptions {
  readonly actor: AuthActor
  readonly clock: Clock
  /** How many of the guards' age limits the sign-in has passed: what guards answer depends on it, and no snapshot shows it. */
  readonly ageLimitsPassed: () => number
  readonly warn: (warning: AuthError) => void
}

export function createStore({ actor, clock, ageLimitsPassed, warn }: StoreOptions): Store {
  let over: AuthErrorCode | null = null
  let answers: Map<string, boolean> | null = null
  const initialState = toState(actor.getSnapshot())
  let state = initialState
  /** How many had been passed when listeners were last told. */
  let toldOf = 0
  const listeners = new Set<(state: AuthState) => void>()
  const waiters = new Set<(snapshot: AuthSnapshot) => void>()

  function change(snapshot: AuthSnapshot): void {
    for (const waiter of waiters) waiter(snapshot)
    const kept = keepEqual(state, toState(snapshot))
    const passed = ageLimitsPassed()
    const next = passed !== toldOf && kept === state ? { ...state } : kept
    if (next === state) return
    toldOf = passed
    state = next
    answers = new Map()
    tellAll(listeners, next)
    answers = null
  }

  function end(code: AuthErrorCode): boolean {
    if (over === code) return false
    over = code
    for (const waiter of waiters) waiter(actor.getSnapshot())
    return true
  }

  /** A part that the app replaced has thrown, and the chart stands still: no promise may hang, no guard may stay open. */
  function fail(error: unknown): void {
    report(error)
    warn(new AuthError('unknown', { cause: error }))
    if (!over) end('unknown')
  }
  actor.subscribe({ next: change, error: fail })

  const start = (): void => {
    if (!over) actor.start()
  }
  return {
    state: () => state,
    initialState,
    subscribe(listener) {
      // a set of wrappers, so that one function can listen twice
      const own = (next: AuthState): void => listener(next)
      listeners.add(own)
      start()
      return () => listeners.delete(own)
    },
    start,
    send(event) {
      start()
      if (!over) actor.send(event)
    },
    until(decide, signal, longest) {
      if (signal?.aborted) return Promise.reject(signal.reason as Error)
      start()
      const decideNow: typeof decide = (snapshot) => (over ? { error: new AuthError(over) } : decide(snapshot))
      return wait(actor, clock, waiters, decideNow, signal, longest)
    },
    answers: () => answers,
    over: () => over,
    end,
  }
}

/** A listener that comes during this change is not told of it, one that goes is told no more. */
function tellAll(listeners: ReadonlySet<(state: AuthState) => void>, state: AuthState): void {
  for (const listener of Array.from(listeners)) {
    if (!listeners.has(listener)) continue
    try {
      listener(state)
    } catch (error) {
      report(error)
    }
  }
}

function wait<T>(
  actor: AuthActor,
  clock: Clock,
  waiters: Set<(snapshot: AuthSnapshot) => void>,
  decide: Decide<T>,
  signal: AbortSignal | undefined,
  longest = Infinity,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false
    let cancel = (): void => {}
    const stop = (): void => {
      cancel()
      waiters.delete(settle)
      signal?.removeEventListener('abort', abort)
    }
    const settle = (snapshot: AuthSnapshot): void => {
      const settled = decide(snapshot) ?? (isLate && { error: new AuthError('timeout') })
      if (!settled) return
      stop()
      if ('value' in settled) resolve(settled.value)
      else reject(settled.error)
    }
    const abort = (): void => {
      stop()
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', abort, { once: true })
    // after this turn's events: a command given inside a listener waits for its place in the queue
    queueMicrotask(() => {
      if (signal?.aborted) return
      waiters.add(settle)
      if (longest < Infinity)
        cancel = later(clock, longest, () => {
          isLate = true
          settle(actor.getSnapshot())
        })
      settle(actor.getSnapshot())
    })
  })
}
