/** The worker of the app, with a clock that goes with the server's. */
import { bkend } from '@authchart/core/bkend'
import { serveCustody } from '@authchart/core/worker'
import { clockAfter } from './clock.ts'

let offset = 0

addEventListener('message', ({ data }: MessageEvent<{ readonly offset?: number }>) => {
  offset = data.offset ?? offset
})

serveCustody({
  client: bkend({ url: new URLSearchParams(location.search).get('api') ?? '', publishableKey: 'pk_demo' }),
  clock: clockAfter(() => offset),
})
