import { bkendAccount } from '@authchart/core/bkend'
import { createApi } from './api.ts'
import { createDemoAuth } from './auth.ts'
import { createChart } from './chart.ts'
import { createCommands } from './commands.ts'
import { recallCustody } from './custody.ts'
import { createDrafts } from './drafts.ts'
import { createEntrance } from './entrance.ts'
import { createEventLog } from './events.ts'
import { createFaults } from './faults.ts'
import { createInspector } from './inspector.ts'
import { takeLinkToken } from './link.ts'
import { createDemoNetwork } from './network.ts'
import { createPages } from './pages.ts'
import { createPanel } from './panel.ts'
import { SERVER_URL } from './settings.ts'
import { createStore } from './store.ts'
import { createTicker } from './ticker.ts'

/** The session of an app, and around it what the demo shows of it. */
export function createDemo(framework: 'react' | 'vue') {
  // first of all: it stands in the address bar
  const linkToken = createStore(takeLinkToken())
  const network = createDemoNetwork()
  const events = createEventLog()
  const custody = recallCustody()
  const auth = createDemoAuth({ name: `authchart-demo-${framework}`, custody, network, inspect: events.observe })
  const api = createApi(auth.fetch, custody === 'proxy' ? '/api' : SERVER_URL)
  const chart = createChart(auth.actor)
  const email = createStore('')
  const panel = createPanel()
  return {
    auth,
    custody,
    account: bkendAccount(auth),
    api,
    linkToken,
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
    faults: createFaults({ auth, api, network }),
    inspector: createInspector(auth),
  }
}
