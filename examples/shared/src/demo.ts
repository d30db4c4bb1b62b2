import { bkendAccount, type BkendAccount } from '@authchart/core/bkend'
import { createApi, type Api } from './api.ts'
import { createDemoAuth, type DemoAuth } from './auth.ts'
import { createChart } from './chart.ts'
import { createCommands } from './commands.ts'
import { recallCustody, type Custody } from './custody.ts'
import { createDrafts } from './drafts.ts'
import { createEntrance } from './entrance.ts'
import { createEventLog, type EventLog } from './events.ts'
import { createFaults } from './faults.ts'
import { createInspector } from './inspector.ts'
import { takeLinkToken } from './link.ts'
import { createDemoNetwork, type DemoNetwork } from './network.ts'
import { createPages } from './pages.ts'
import { createPanel } from './panel.ts'
import { SERVER_URL } from './settings.ts'
import { createStore } from './store.ts'
import { createTicker } from './ticker.ts'

/** What the screens stand on: in an app the real things, in a test its own. */
export interface DemoParts {
  readonly auth: DemoAuth
  readonly custody: Custody
  readonly network: DemoNetwork
  readonly events: EventLog
  readonly account: Pick<BkendAccount, 'magicLink'>
  readonly api: Api
  /** Reaches the control routes of the example server. */
  readonly control: typeof globalThis.fetch
}

export type Demo = ReturnType<typeof createDemoAround>

/** The session of an app, and around it what the demo shows of it. */
export function createDemo(framework: 'react' | 'vue'): Demo {
  // first of all: it stands in the address bar
  const linkToken = takeLinkToken()
  const network = createDemoNetwork()
  const events = createEventLog()
  const custody = recallCustody()
  const auth = createDemoAuth({ name: `authchart-demo-${framework}`, custody, network, inspect: events.observe })
  const api = createApi(auth.fetch, custody === 'proxy' ? '/api' : SERVER_URL)
  const control: DemoParts['control'] = (input, init) => globalThis.fetch(input, init)
  return createDemoAround({ auth, custody, network, events, account: bkendAccount(auth), api, control }, linkToken)
}

export function createDemoAround(parts: DemoParts, linkToken: string | null = null) {
  const { auth, custody, network, events, account, api, control } = parts
  const chart = createChart(auth.actor)
  const email = createStore('')
  const panel = createPanel()
  return {
    auth,
    custody,
    account,
    api,
    linkToken: createStore(linkToken),
    /** What is typed into the e-mail field. Survives a wrong password, and the way to the second factor and back. */
    email,
    drafts: createDrafts(auth),
    entrance: createEntrance(auth, email),
    pages: createPages(panel),
    panel,
    chart,
    events: events.seen,
    now: createTicker(),
    commands: createCommands(auth, chart),
    faults: createFaults({ auth, api, network, fetch: control }),
    inspector: createInspector(auth),
  }
}
