/** The server half of two of the demo's ways to keep a session, on the origin of an app. Runs in Node. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bkend } from '@authchart/core/bkend'
import { createAuthHandler } from '@authchart/core/server'
import { getRequestListener } from '@hono/node-server'

type Next = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

/**
 * Answers what is meant for a handler, and leaves the rest to the next. `name` is that of the app: the cookies of all ports of one
 * host are the same.
 */
export function createHandlers(name: string, authServer: string): Next {
  const common = {
    upstream: bkend({ url: authServer, publishableKey: 'pk_demo' }),
    // the example server forgets its sessions with the process, too
    secrets: [randomBytes(32).toString('base64')],
  }
  const cookie = createAuthHandler({
    ...common,
    basePath: '/cookie/auth',
    cookie: { name: `${name}-cookie`, allowHttpLocalhost: true },
  })
  const proxy = createAuthHandler({
    ...common,
    basePath: '/proxy/auth',
    cookie: { name: `${name}-proxy`, allowHttpLocalhost: true },
    proxy: { '/api': authServer },
  })
  const respondWith = (handler: typeof cookie) =>
    getRequestListener((request) => handler(request), { overrideGlobalObjects: false })
  const [toCookie, toProxy] = [respondWith(cookie), respondWith(proxy)]

  return (request, response, next) => {
    const [, first = '', second = ''] = /^\/([^/?]+)\/?([^/?]*)/.exec(request.url ?? '') ?? []
    if (first === 'cookie' && second === 'auth') void toCookie(request, response)
    else if (first === 'api' || (first === 'proxy' && second === 'auth')) void toProxy(request, response)
    else next()
  }
}

/** Puts them into the development server of Vite. */
export function handlerPlugin(name: string) {
  return {
    name: 'authchart-demo-handlers',
    configureServer({ middlewares }: { readonly middlewares: { readonly use: (middleware: Next) => unknown } }) {
      middlewares.use(createHandlers(name, process.env['VITE_AUTH_SERVER'] ?? 'http://localhost:8787'))
    },
  }
}
