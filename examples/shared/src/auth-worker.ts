/** The service worker of the demo: renewals go on here when their page has closed. */
import { bkend } from '@authchart/core/bkend'
import { browserStorage } from '@authchart/core/storage'
import { serveCustody } from '@authchart/core/worker'
import { PUBLISHABLE_KEY } from './settings.ts'

const given = new URLSearchParams(location.search)

serveCustody({
  client: bkend({ url: given.get('server') ?? '', publishableKey: PUBLISHABLE_KEY }),
  storage: browserStorage({ name: given.get('name') ?? '' }),
})
