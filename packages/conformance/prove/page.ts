/**
 * One page with the shipped `createAuth` in it. Everything it asks of the world parks until an answer is given, so what
 * it does is a function of its inputs in their order, and of nothing else.
 */
import type * as Core from '@authchart/core'
import { createNames } from './names.ts'
import type { Ask, Command, ErrorWord, Input, Output, View } from './words.ts'

export interface User {
  readonly id: string
}

interface Open {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

export interface Page {
  /** Lets one thing happen, and everything that follows from it without another answer. */
  readonly take: (input: Input, now: number, notes: Notes) => Promise<Reaction>
}

/** What stands beside the record under a key, as text. */
export type Notes = (key: string) => string | null

export interface Reaction {
  readonly outputs: readonly Output[]
  readonly view: View
  /** The notes beside the record that it looked at, and what stood there. */
  readonly looked: readonly (readonly [key: string, text: string | null])[]
  /** How many names it has met. */
  readonly names: number
}

/** Random words come from the page that runs, and each is another one. */
let randomOf: (array: Uint8Array) => void = () => {}
Object.defineProperty(globalThis.crypto, 'getRandomValues', {
  value: (array: Uint8Array) => {
    randomOf(array)
    return array
  },
})

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export function createPage(core: typeof Core): Page {
  const names = createNames()
  const opened = new Map<number, Open>()
  const timers = new Map<number, { readonly due: number; readonly callback: () => void }>()
  const promises: { readonly command: Command; outcome: string }[] = []
  let outputs: unknown[] = []
  let now = 0
  let notes: Notes = () => null
  /** The notes that it has looked at or written since it was woken. */
  const known = new Map<string, string | null>()
  let looked: [string, string | null][] = []
  let [ops, handles, randoms] = [0, 0, 0]
  let hear = (_hint: { generation: number }): void => {}
  let auth: Core.Auth<User, { as: string }> | undefined

  const put = (output: Output): void => void outputs.push(output)
  /** Parks. What is handed out settles when the world has answered. */
  function ask<T>(asked: Ask, signal?: AbortSignal): Promise<T> {
    const op = (ops += 1)
    put({ out: 'ask', op, ...asked })
    signal?.addEventListener('abort', () => opened.has(op) && put({ out: 'abort', op }), { once: true })
    return new Promise<T>((resolve, reject) => opened.set(op, { resolve: resolve as Open['resolve'], reject }))
  }
  const client: Core.AuthClient<User, { as: string }> = {
    id: 'prove',
    replay: 'forbidden',
    signIn: ({ as }, { signal }) => ask({ kind: 'signIn', as }, signal),
    refresh: ({ refreshToken }, { signal }) => ask({ kind: 'refresh', token: refreshToken }, signal),
    signOut: ({ refreshToken }, { signal }) => ask({ kind: 'signOut', token: refreshToken }, signal),
  }
  const storage: Core.AuthStorage = {
    scope: 'shared',
    read: (_key, options) => ask({ kind: 'read' }, options?.signal),
    compareAndSet: (_key, expected, next, options) => ask({ kind: 'write', expected, next }, options?.signal),
    twin: {
      read(key) {
        if (!known.has(key)) {
          const text = notes(key)
          looked.push([key, text])
          known.set(key, text && names.take(text))
        }
        return JSON.parse(known.get(key) ?? 'null') as unknown
      },
      write(key, value) {
        const text = JSON.stringify(value)
        known.set(key, text)
        put({ out: 'note', key, value: text })
      },
    },
  }
  const tabs: Core.Tabs = {
    async lock(_name, work) {
      const op = ops + 1
      await ask({ kind: 'lock' })
      try {
        return await work()
      } finally {
        put({ out: 'unlock', op })
      }
    },
    open(_name, listener) {
      hear = listener
      return { post: ({ generation }) => put({ out: 'post', generation }), close() {} }
    },
  }
  const clock: Core.Clock = {
    now: () => now,
    monotonic: () => now,
    setTimeout(callback, milliseconds) {
      timers.set((handles += 1), { due: now + milliseconds, callback })
      return handles
    },
    clearTimeout: (handle) => void timers.delete(handle as number),
  }

  function start(): void {
    auth = core.createAuth<User, { as: string }>({
      client,
      storage,
      tabs,
      clock,
      network: { isOnline: () => true, onWake: () => () => {} },
      random: () => 0.5,
      onWarning: () => {},
    })
    auth.subscribe(() => {})
  }

  function command(name: Command): void {
    if (!auth) throw new Error('No page is open')
    const asked: { readonly command: Command; outcome: string } = { command: name, outcome: 'pending' }
    promises.push(asked)
    perform(auth, name).then(
      (value) => (asked.outcome = name === 'token' ? (value === null ? 'none' : 'token') : 'done'),
      (error: Core.AuthError) => (asked.outcome = error.code),
    )
  }

  function happen(input: Input): void {
    if (input.do === 'boot') return start()
    if (input.do === 'command') return command(input.command)
    if (input.do === 'hint') return hear({ generation: input.generation })
    if (input.do === 'fire') {
      const timer = timers.get(input.timer)
      timers.delete(input.timer)
      return timer?.callback()
    }
    const own = opened.get(input.op)
    opened.delete(input.op)
    if (input.do === 'answer') own?.resolve(input.value)
    else own?.reject(errorOf(core, input.error))
  }

  function view(): View {
    if (!auth) throw new Error('No page is open')
    const state = auth.getState()
    const { session } = auth.actor.getSnapshot().context
    return {
      status: state.status,
      persistence: state.persistence,
      user: (state.user as User | null)?.id ?? null,
      session: session && { id: session.id, generation: session.generation },
      renewal: 'renewal' in state ? state.renewal : null,
      reason: 'reason' in state ? state.reason : null,
      timers: [...timers].map(([id, { due }]) => ({ id, due })).sort((a, b) => a.due - b.due || a.id - b.id),
      promises: promises.map((own) => ({ ...own })),
    }
  }

  return {
    async take(input, time, beside) {
      ;[outputs, now, notes, looked] = [[], time, beside, []]
      known.clear()
      randomOf = (array) => names.fill(array, (randoms += 1))
      happen(JSON.parse(names.take(JSON.stringify(input))) as Input)
      await settled()
      const done = JSON.parse(names.give(JSON.stringify([outputs, view()]))) as [Output[], View]
      return { outputs: done[0], view: done[1], looked, names: names.count() }
    },
  }
}

function perform(auth: Core.Auth<User, { as: string }>, name: Command): Promise<unknown> {
  if (name === 'signOut') return auth.signOut()
  if (name === 'refresh') return auth.refresh()
  if (name === 'token') return auth.getAccessToken()
  if (name !== 'cancel') return auth.signIn({ as: name === 'signInAnn' ? 'ann' : 'bob' })
  auth.cancel()
  return Promise.resolve()
}

function errorOf({ AuthError }: typeof Core, word: ErrorWord): unknown {
  if (word === 'broken') return new DOMException('The storage is gone', 'UnknownError')
  if (word === 'network') return new AuthError('network')
  if (word === 'unavailable') return new AuthError('unavailable', { status: 503 })
  return new AuthError(word === 'refused' ? 'session-expired' : 'not-authenticated', { status: 401 })
}
