import { isMistake } from './connection.ts'
import { explain, type AuthError } from './errors.ts'
import { readHint, readOrigin, readTime } from './options.ts'
import type { AuthClient, AuthOptions } from './types.ts'

/**
 * What a developer should hear of the options, in the development build only: by name, with the value and the cure. What
 * cannot be read is refused, what is odd and costs nothing is a warning.
 */

type Options = AuthOptions<unknown, unknown, unknown>

const milliseconds = 'give milliseconds, as a number'
const origins = 'give origins like "https://api.example", as a list'
const functions = (...methods: readonly string[]) => ({ methods })

/** What each option has to be. A list of functions: an object that has them. */
const shapes: Readonly<Record<keyof Options, 'function' | 'time' | 'else' | ReturnType<typeof functions>>> = {
  client: functions('signIn'),
  storage: functions('read', 'compareAndSet'),
  tabs: functions('lock', 'open'),
  network: functions('isOnline', 'onWake'),
  clock: functions('now', 'monotonic', 'setTimeout', 'clearTimeout'),
  machine: functions('provide'),
  guards: functions(),
  inspect: 'function',
  random: 'function',
  fetch: 'function',
  onWarning: 'function',
  refreshBefore: 'time',
  requestTimeout: 'time',
  signOutTimeout: 'time',
  storageTimeout: 'time',
  allowedOrigins: 'else',
  initialSession: 'else',
}

const optionalMethods = [
  'signUp',
  'answerChallenge',
  'refresh',
  'getUser',
  'signOut',
  'ping',
  'userId',
  'isRefused',
  'headers',
]

/** @throws AuthError `'misconfigured'` that names option, value and cure */
export function checkOptions(options: Options): void {
  const warnings: string[] = []
  for (const name of Object.keys(options))
    if (!Object.hasOwn(shapes, name)) warnings.push(`There is no option "${name}".`)
  for (const [name, shape] of Object.entries(shapes)) checkShape(name, options[name as keyof Options], shape)
  checkClient(options)
  checkGuards(options.guards, warnings)
  const { allowedOrigins, initialSession } = options
  if (allowedOrigins !== undefined && !Array.isArray(allowedOrigins)) refuse('allowedOrigins', allowedOrigins, origins)
  for (const origin of allowedOrigins ?? [])
    if (!isReadable(() => readOrigin('', origin))) refuse('allowedOrigins', origin, origins)
  if (initialSession !== undefined && readHint(initialSession) === undefined)
    warnings.push('initialSession has no user that is an object, so it is left out. Give null if there is none.')
  for (const warning of warnings) warn(options, explain('misconfigured', warning))
}

function checkShape(name: string, value: unknown, shape: (typeof shapes)[keyof Options]): void {
  if (shape === 'else' || (value === undefined && name !== 'client') || (name === 'tabs' && value === false)) return
  if (shape === 'function') {
    if (typeof value !== 'function') refuse(name, value, 'give a function')
  } else if (shape === 'time') {
    if (!isReadable(() => readTime('', value, 1, name === 'refreshBefore' ? 0 : 1))) refuse(name, value, milliseconds)
  } else {
    if (typeof value !== 'object' || value === null) refuse(name, value, 'give an object')
    for (const method of shape.methods) {
      const own: unknown = Reflect.get(value as object, method)
      if (typeof own !== 'function') refuse(`${name}.${method}`, own, 'give a function')
    }
  }
}

function checkClient({ client, storage }: Options): void {
  for (const name of optionalMethods) checkShape(`client.${name}`, Reflect.get(client, name), 'function')
  const { id, origin } = client
  if (id !== undefined && typeof id !== 'string') refuse('client.id', id, 'give a text')
  if (origin !== undefined && !isReadable(() => readOrigin('', origin)))
    refuse('client.origin', origin, 'give an origin like "https://api.example"')
  const identified = (id ?? origin ?? storage?.name) !== undefined
  if (!identified && storage && storage.scope !== 'memory')
    refuse('client.id', undefined, 'others on this origin see what is stored, so name the client or the storage')
}

function checkGuards(guards: unknown, warnings: string[]): void {
  // an object of a class has fields beside its guards
  const isPolicy = guards !== undefined && Object.getPrototypeOf(guards) !== Object.prototype
  for (const [name, guard] of Object.entries((guards ?? {}) as object)) {
    if (!isPolicy && typeof guard !== 'function') refuse(`guards.${name}`, guard, 'give a function')
    const { roles } = Object(guard) as { readonly roles?: unknown }
    if (Array.isArray(roles) && roles.length === 0)
      warnings.push(`guards.${name} names no role, so it is closed to all.`)
  }
}

/** The client, which tells where its own code went wrong: an error that comes out of it says as little as any other. */
export function tellMistakes(client: AuthClient): AuthClient {
  return new Proxy(client, {
    get(_, name) {
      const own: unknown = Reflect.get(client, name)
      if (typeof own !== 'function') return own
      return (...args: unknown[]): unknown => {
        try {
          const answer: unknown = Reflect.apply(own, client, args)
          return answer instanceof Promise ? answer.catch(tellMistake) : answer
        } catch (error) {
          return tellMistake(error)
        }
      }
    },
  })
}

function tellMistake(error: unknown): never {
  if (isMistake(error)) {
    const { name, stack = '', message } = error as Error
    // file and line, and nothing of the message, which may say what the user entered
    const [, file, line] = /([^\s/()?#@]+)[^\s/()]*?:(\d+):\d+\)?$/m.exec(stack.replace(message, '')) ?? []
    const kind = /^\w+Error$/.test(name) ? name : 'error'
    console.warn(`[authchart] The auth client threw a ${kind}${file ? ` at ${file}:${line}` : ''}.`)
  }
  throw error
}

function isReadable(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch {
    return false
  }
}

function refuse(name: string, value: unknown, cure: string): never {
  // of what may be given here, only times and addresses are no secrets
  const isShown = typeof value === 'number' || /origin|timeout|before/i.test(name)
  throw explain(
    'misconfigured',
    `${name} is ${isShown ? `"${String(value)}"` : value === undefined ? 'missing' : typeof value}: ${cure}.`,
  )
}

function warn({ onWarning }: Options, warning: AuthError): void {
  if (onWarning) onWarning(warning)
  else console.warn(`[authchart] ${warning.message}`)
}
