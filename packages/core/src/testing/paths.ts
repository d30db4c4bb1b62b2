import { authMachine, type AuthMachine } from '../machine/machine.ts'
import { statusOf } from '../state.ts'
import type { AuthStatus, Guards } from '../types.ts'
import { drain } from './drain.ts'
import {
  chartOf,
  keyOf,
  transitionsOf,
  type ChartEvent,
  type ChartPath,
  type ChartState,
  type ChartStep,
} from './graph.ts'
import { happeningsOf, possibleIn, type Happening } from './happenings.ts'
import { createTestAuth, type TestAuth } from './test-auth.ts'

const commands = {
  signIn: 'the user signs in',
  signUp: 'the user signs up',
  answerChallenge: 'the user enters a code',
  cancel: 'the user gives up',
  signOut: 'the user signs out',
  refresh: 'the user renews the token',
  dismiss: 'the user has read it',
} as const
type Command = keyof typeof commands
const commandNames = Object.keys(commands) as readonly Command[] // the keys of an object of ours

/** What the screen is in one status, and what the user can do there. */
export interface Screen extends Readonly<Partial<Record<Command, () => unknown>>> {
  /** Throws or rejects unless this is on the screen. */
  readonly shows: () => unknown
}

/** How the app is shown, and how it is used. */
export interface AuthDriver<TUser, TGuards> {
  /** Puts the app on the screen. Returns how to take it away again. */
  readonly open: (auth: TestAuth<TUser, unknown, TGuards>) => (() => unknown) | Promise<() => unknown>
  readonly screens: Readonly<Record<AuthStatus, Screen>>
}

export interface AuthPathsOptions<TUser, TGuards> {
  readonly user: TUser
  readonly guards?: TGuards
  /** The chart of the app, if a part of it is replaced: `authMachine.provide({ … })`. */
  readonly machine?: AuthMachine
  /** `'transitions'`: each transition of the chart once. `'pairs'`: each event in each state. Default `'transitions'`. */
  readonly coverage?: 'transitions' | 'pairs'
}

export interface AuthPath {
  /** Its last state and event: the same in every run. */
  readonly id: string
  /** The name of the state in which it ends. */
  readonly target: string
  /** The names of the transitions that its last event takes. None if the chart has no answer to it there. */
  readonly transitions: readonly string[]
  /** Goes there on the screens of the app. @throws Error that says in which state which event left the wrong screen */
  readonly run: () => Promise<void>
}

/**
 * Paths through the chart, on the screens of an app: what the user does goes through the screen, all else happens in the
 * world of {@link createTestAuth}. After every step the screen has to be that of the status.
 *
 * @example
 * const paths = authPaths({ open, screens }, { user: { id: '1', name: 'Ann' } })
 * test.each(paths)('$id', (path) => path.run())
 */
export function authPaths<TUser, TGuards extends Guards<TUser> = Record<never, never>>(
  driver: AuthDriver<TUser, TGuards>,
  options: AuthPathsOptions<TUser, TGuards>,
): readonly AuthPath[] {
  const { machine = authMachine, coverage = 'transitions', user } = options
  const happenings = happeningsOf(user)
  const known = new Map(Object.values(happenings).map((happening) => [happening.event, happening]))
  const commandsIn = (state: ChartState): readonly ChartEvent[] =>
    commandNames.filter((name) => name in driver.screens[statusOf(state)] && isLasting(state, name)).map(toEvent)
  const { model, paths } = chartOf({
    machine,
    events: (state) => [...commandsIn(state), ...possibleIn(state, happenings).map(({ event }) => event)],
    labelOf: (event) => known.get(event)?.label ?? event.type,
  })
  const seen = new Set<string>()
  const isNew = ({ transitions }: AuthPath): boolean => {
    const fresh = transitions.filter((name) => !seen.has(name))
    for (const name of fresh) seen.add(name)
    return fresh.length > 0
  }
  const toPath = (path: ChartPath): AuthPath => ({
    id: path.id,
    target: keyOf(path.steps.at(-1)?.state ?? path.from),
    transitions: path.steps.slice(-1).flatMap(({ event }) => transitionsOf(model, path.from, event)),
    run: () => walk(path, driver, options, known),
  })
  return paths.map(toPath).filter((path) => coverage === 'pairs' || isNew(path))
}

/** A sign-out during the restore is over before it can be looked at. */
const isLasting = ({ value }: ChartState, command: Command): boolean =>
  command !== 'signOut' || value.session !== 'restoring'

const toEvent = (type: Command): ChartEvent =>
  type === 'signIn' || type === 'signUp' ? { type, attempt: 1 } : { type }

/** Longer than any path: what the server holds does not time out. */
const PATIENCE = 36_000_000

async function walk<TUser, TGuards extends Guards<TUser>>(
  { steps }: ChartPath,
  { open, screens }: AuthDriver<TUser, TGuards>,
  { user, guards, machine }: AuthPathsOptions<TUser, TGuards>,
  known: ReadonlyMap<ChartEvent, Happening<TUser>>,
): Promise<void> {
  const auth = createTestAuth<TUser, unknown, TGuards>({
    status: 'restoring',
    user,
    requestTimeout: PATIENCE,
    ...(guards && { guards }),
    ...(machine && { machine }),
  })
  const { world } = auth
  world.hold()
  const trail: string[] = []
  let status: AuthStatus = 'restoring'
  let asked: 'signIn' | 'signUp' = 'signIn'

  async function act({ event, state }: ChartStep): Promise<void> {
    const happening = known.get(event)
    if (happening) return happening.make(world, asked)
    const command = commandOf(event)
    if (command === 'signIn' || command === 'signUp') asked = command
    // with nothing to revoke a sign-out would be over before it can be looked at
    if (state.value.session === 'signingOut' && !auth.actor.getSnapshot().context.session) world.tab.holdStorage()
    await screens[status][command]?.()
    await drain()
  }

  async function take(words: string, next: AuthStatus, run: () => Promise<void>): Promise<void> {
    trail.push(words)
    try {
      await run()
      const { status: real } = auth.getState()
      if (real !== next) throw new Error(`The auth is ${real}.`)
      await screens[next].shows()
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause)
      const what = `In ${status}, when ${words}: this is not the screen of ${next}.`
      throw new Error(`${what} ${problem}\nThe way there: ${trail.join(' > ')}`, { cause })
    }
    status = next
  }

  let close = (): unknown => null
  try {
    await take('the app opens', status, async () => {
      close = await open(auth)
    })
    for (const step of steps) {
      const words = known.get(step.event)?.words ?? commands[commandOf(step.event)]
      await take(words, statusOf(step.state), () => act(step))
    }
  } finally {
    await close()
    auth.destroy()
  }
}

/** What does not happen by itself is a command. */
const commandOf = ({ type }: ChartEvent): Command => type as Command
