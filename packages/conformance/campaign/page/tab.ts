/** One tab of the app under test: the library as an app uses it, and the control beside it. */
import { createAuth, isAuthenticated } from '@authchart/core'
import { bkend, type BkendClient } from '@authchart/core/bkend'
import { browserStorage } from '@authchart/core/storage'
import { ORDERS, WORDS, type How, type Order, type Standing, type Word } from './messages.ts'
import { fetchNaively, seesSerial, type Recipe } from './naive.ts'

const query = new URLSearchParams(location.search)
const tab = query.get('tab') ?? ''
const api = query.get('api') ?? ''
const recipe: Recipe = { api, headers: { 'X-API-Key': 'pk_demo' }, tab }
const NOTES = '/v1/data/notes'

/** All tabs are put forward together, so that no token has to be waited for. */
let offset = Number(query.get('offset'))
let inFlight = 0
const landings = new Set<() => void>()

/** Says which tab asks: the server's CORS takes no header of ours. */
const taggedFetch: typeof fetch = (input, init) => fetch(`${input as string}?tab=${tab}`, init)

/** Counts what is on its way, until the code that waited for it has gone on. */
function counted<TArgs extends unknown[], T>(call: (...args: TArgs) => Promise<T>): (...args: TArgs) => Promise<T> {
  return async (...args) => {
    inFlight += 1
    try {
      return await call(...args)
    } finally {
      setTimeout(land)
    }
  }
}

function land(): void {
  inFlight -= 1
  for (const look of landings) look()
}

function countedClient(client: BkendClient): BkendClient {
  const { refresh, getUser, ping, signOut } = client
  return {
    ...client,
    refresh: counted(refresh),
    getUser: counted(getUser),
    ping: counted(ping),
    signOut: counted(signOut),
  }
}

const auth = createAuth({
  client: countedClient(bkend({ url: api, publishableKey: 'pk_demo', fetch: taggedFetch })),
  storage: browserStorage(),
  fetch: taggedFetch,
  clock: {
    now: () => Date.now() + offset,
    monotonic: () => performance.now() + offset,
    setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer as number),
  },
  onWarning: (warning) => say('warning', 0, warning.code),
})

const words = new BroadcastChannel(WORDS)
const orders = new BroadcastChannel(ORDERS)
orders.onmessage = ({ data }: MessageEvent<Order>) => {
  if (data.to.includes(tab)) void obey(data)
}

function say(type: Word['type'], id: number, answer: Word['answer'] = ''): void {
  words.postMessage({ type, id, tab, standing: standing(), answer } satisfies Word)
}

function standing(): Standing {
  const state = auth.getState()
  const { session } = auth.actor.getSnapshot().context
  return {
    status: state.status,
    renewal: 'renewal' in state ? state.renewal : '',
    reason: 'reason' in state ? state.reason : '',
    session: session?.id ?? '',
    generation: session?.generation ?? 0,
  }
}

/** Resolves when that is so and nothing of this tab is on its way. */
function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const holds = (): boolean => inFlight === 0 && isSo()
    // what a change sets off begins in a microtask after it: only then is it known that nothing follows
    const look = (): void => {
      if (holds()) setTimeout(confirm)
    }
    const confirm = (): void => {
      if (!holds()) return
      landings.delete(look)
      subscription.unsubscribe()
      resolve()
    }
    landings.add(look)
    const subscription = auth.actor.subscribe(look)
    look()
  })
}

const isOut = (): boolean => ['signedOut', 'anonymous'].includes(auth.getState().status)
const isAtRest = (): boolean => isAuthenticated(auth.getState()) && standing().renewal === 'idle'

function hasSettled(how: How, before: number): boolean {
  const { status, renewal, generation } = standing()
  // the session goes on for as long as its access token is good
  const isTokenOver = how === 'slept' || how === 'asked'
  const isLost = status === 'expired' || (renewal === 'indeterminate' && !isTokenOver)
  return isLost || (isAtRest() && generation > before)
}

async function obey(order: Order): Promise<void> {
  const { type, id } = order
  switch (type) {
    case 'advance':
      offset = order.offset
      return say(type, id)
    case 'begin':
      say(type, id)
      if (order.how === 'control') return say('report', id, await ask(() => fetchNaively(recipe, NOTES)))
      // as when a machine wakes up
      if (order.how === 'due' || order.how === 'slept') dispatchEvent(new Event('online'))
      return report(id, order.how, order.before)
    case 'nudge':
      if (order.how === 'due' || order.how === 'slept') dispatchEvent(new Event('online'))
      else void ask(() => auth.fetch(api + NOTES, { headers: recipe.headers }))
      return say(type, id)
    case 'leave':
      void auth.signOut()
      location.href = order.address
      return
    case 'out':
      await until(isOut)
      return say(type, id)
    case 'settle':
      await until(() => hasSettled(order.how, order.before))
      return say(type, id)
    case 'join':
      await until(() => isAtRest() && standing().session === order.session && standing().generation >= order.generation)
      return say(type, id)
    case 'signIn':
      await auth.signIn({ email: order.email, password: order.password })
      await until(isAtRest)
      return say(type, id)
    case 'see':
      await seesSerial(order.serial)
      return say(type, id)
    case 'beat':
      return say(type, id)
  }
}

async function report(id: number, how: How, before: number): Promise<void> {
  const answer = await ask(() => auth.fetch(api + NOTES, { headers: recipe.headers }))
  await until(() => hasSettled(how, before))
  say('report', id, answer)
}

async function ask(request: () => Promise<Response>): Promise<number | string> {
  try {
    const answer = await request()
    await answer.text()
    return answer.status
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

// work starts with the first subscriber
auth.subscribe(() => {})
void until(() => auth.getState().status !== 'restoring').then(() => say('ready', 0))
