import { isSameData } from '../data.ts'
import { toAuthError } from '../errors.ts'
import { endUpstream, endWith, keepWord, meant, renewed, shown, withGoodToken, type Call } from './call.ts'
import { answerChallenge, enter } from './entering.ts'
import { attempt, userOf } from './grants.ts'
import { toEndedAnswer, type ServerSession } from './session.ts'

type Operation = (call: Call) => Promise<object>

/** The calls of the page, by the last part of their path. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['sign-in', (call) => enter(call, 'signIn')],
  ['sign-up', (call) => enter(call, 'signUp')],
  ['challenge', answerChallenge],
  ['session', findSession],
  ['refresh', refresh],
  ['user', findUser],
  ['sign-out', signOut],
])

/** The session of this browser: nothing is renewed for that. */
async function findSession(call: Call): Promise<object> {
  const { settings, browser, renewal, after } = call
  const before = await browser.settle()
  if (before) after(attempt(() => endUpstream(settings, renewal, before)))
  const kept = browser.kept()
  const latest = await browser.latest()
  if (kept === null) return { session: null }
  if (latest?.kind !== 'session') {
    await keepWord(browser, kept, latest)
    return latest ? toEndedAnswer(latest) : { session: null }
  }
  if (latest.generation !== kept.generation) await browser.put(latest)
  return shown(call, latest)
}

async function refresh(call: Call): Promise<object> {
  const { browser, body } = call
  const session = meant(call)
  // another tab was faster, and this browser has what came of it
  if (typeof body['generation'] === 'number' && session.generation > body['generation']) {
    const latest = await browser.latest()
    if (latest?.kind === 'session' && latest.id === session.id) return shown(call, latest)
  }
  return shown(call, await renewed(call, session))
}

async function findUser(call: Call): Promise<object> {
  const { settings, browser } = call
  const session = await withGoodToken(call, meant(call))
  const ask = (found: ServerSession): Promise<unknown> => userOf(settings, {}, found.accessToken)
  let asked = session
  const user = await ask(session).catch(async (thrown: unknown) => {
    if (toAuthError(thrown, 'network').code !== 'session-expired') throw thrown
    asked = await renewed(call, session)
    return ask(asked)
  })
  const { userId } = settings
  if (userId(user) !== userId(asked.user)) return endWith(call, asked, 'user-mismatch')
  if (!isSameData(user, asked.user)) await browser.put({ ...asked, user })
  return { user }
}

async function signOut(call: Call): Promise<object> {
  const { browser, body, settings, renewal } = call
  const id = String(body['session'])
  const session = browser.named(id)
  await browser.remove(id)
  if (session) await endUpstream(settings, renewal, session)
  return {}
}
