import { http, HttpResponse, type HttpHandler } from 'msw'
import type { World } from './world.ts'

/**
 * The server of a world as handlers of Mock Service Worker, for the app as it is: with its own client and its own `fetch`.
 * A fault of the network is one here, too.
 *
 * @example
 * const world = createWorld({ origin: 'https://api-client.bkend.ai' })
 * const server = setupServer(...worldHandlers(world))
 * server.listen()
 */
export function worldHandlers(world: Pick<World, 'origin' | 'handle'>): readonly HttpHandler[] {
  return [
    http.all(`${world.origin}/*`, async ({ request }) => {
      try {
        return await world.handle(request)
      } catch {
        // as the network says it
        return HttpResponse.error()
      }
    }),
  ]
}
