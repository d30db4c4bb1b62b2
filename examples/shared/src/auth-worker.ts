/** The service worker of the demo: renewals go on here when their page has closed. */
import { bkend } from '@authchart/core/bkend'
import { browserStorage } from '@authchart/core/storage'
import { serveCustody } from '@authchart/core/worker'
import { PUBLISHABLE_KEY, SERVER_URL } from './settings.ts'

serveCustody({
  client: bkend({ url: SERVER_URL, publishableKey: PUBLISHABLE_KEY }),
  storage: browserStorage({ name: new URLSearchParams(location.search).get('name') ?? '' }),
})
