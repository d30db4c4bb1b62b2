import type { FullChromium } from './chromium.ts'
import { openConductor, type Conductor } from './conductor.ts'
import type { Standing } from './page/messages.ts'
import { startServer, type StrictServer } from './server.ts'
import { startSite } from './site.ts'
import { createTabs, type Tabs } from './tabs.ts'

/** A user who signs in. */
export interface Account {
  readonly email: string
  readonly password: string
}

/** A strict server, a full browser, and the tabs of one profile in it. */
export interface Stage {
  readonly server: StrictServer
  readonly site: string
  readonly conductor: Conductor
  readonly tabs: Tabs
  /** Signed in with the library. */
  readonly user: Account
  /** Signed in with the control's recipe. */
  readonly controlUser: Account
  /** Milliseconds that every tab has been put forward. */
  offset: number
  readonly close: () => Promise<void>
}

export async function setStage(chromium: FullChromium): Promise<Stage> {
  const [server, site] = await Promise.all([startServer(), startSite()])
  const conductor = await openConductor(chromium.context, site.url, server.url)
  const tabs = createTabs({ chromium, conductor, site: site.url, api: server.url })
  return {
    server,
    site: site.url,
    conductor,
    tabs,
    user: server.users.user,
    controlUser: server.users.editor,
    offset: 0,
    async close() {
      await Promise.all([server.close(), site.close()])
    },
  }
}

/** Signs in in one tab; all others take it up. */
export async function signIn({ tabs, conductor, user }: Stage): Promise<Standing> {
  const [first] = tabs.alive()
  if (!first) throw new Error('no tab to sign in with')
  const { email, password } = user
  const [word] = await conductor.tell([first], { type: 'signIn', email, password })
  if (!word) throw new Error(`${first.name} is gone, and was not killed`)
  await joinAll({ tabs, conductor }, word.standing)
  return word.standing
}

/** Opens tabs in the place of those that were killed. */
export async function refill(stage: Stage, count: number, standing: Standing | null): Promise<void> {
  const { tabs } = stage
  await tabs.sweep()
  while (tabs.alive().length < count) await tabs.open(stage.offset)
  if (standing) await joinAll(stage, standing)
}

async function joinAll(
  { tabs, conductor }: Pick<Stage, 'tabs' | 'conductor'>,
  { session, generation }: Standing,
): Promise<void> {
  await conductor.tell(tabs.alive(), { type: 'join', session, generation })
}
