import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createServer as createAuthServer, type ExampleServer, type SeedUser } from '@authchart/example-server'
import { buildPages, type PageFile } from '../firefox/pages.ts'

export interface Stage {
  readonly control: ExampleServer['control']
  readonly user: SeedUser
  /** Where the app is opened: beside the API on one port, or on a port of its own. */
  readonly origins: { readonly 'same-origin': string; readonly 'cross-origin': string }
  /** Which load of the page asked, for each sign-out that arrived at the server. */
  readonly signOuts: readonly string[]
  readonly close: () => Promise<void>
}

/** The example server, and the app on its port and on another one. */
export async function setStage(): Promise<Stage> {
  const files = await buildPages(fileURLToPath(new URL('page', import.meta.url)), ['app.html'])
  const auth = createAuthServer({ limits: false, reuseConnections: true })
  const signOuts: string[] = []
  let api = ''

  const answer = auth.app.fetch
  auth.app.fetch = async (request, ...rest) => {
    const { pathname, searchParams } = new URL(request.url)
    if (!pathname.startsWith('/v1/')) {
      const { type, content } = fileAt(files, pathname, api)
      return new Response(content, { headers: headersOf(type) })
    }
    if (request.method === 'POST' && pathname === '/v1/auth/signout') signOuts.push(searchParams.get('page') ?? '')
    return answer(request, ...rest)
  }
  const pages = createHttpServer((request, response) => {
    const { type, content } = fileAt(files, new URL(request.url ?? '/', 'http://localhost').pathname, api)
    response.writeHead(200, headersOf(type)).end(content)
  })
  const listening = await auth.listen(0)
  api = listening.url
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))

  return {
    control: auth.control,
    user: auth.users.user,
    origins: { 'same-origin': api, 'cross-origin': `http://127.0.0.1:${(pages.address() as AddressInfo).port}` },
    signOuts,
    async close() {
      await listening.close()
      auth.close()
      await new Promise((resolve) => {
        pages.close(resolve)
        pages.closeAllConnections()
      })
    },
  }
}

const EMPTY: PageFile = { type: 'text/html', content: '<!doctype html><title>Elsewhere</title>' }

/** Every path but those of files is the app's, as with any app that has a router. */
function fileAt(files: ReadonlyMap<string, PageFile>, path: string, api: string): PageFile {
  if (path === '/elsewhere') return EMPTY
  const file = files.get(path) ?? files.get('/app.html')
  if (!file) throw new Error('The app was not built')
  const { type, content } = file
  return type === 'text/html' ? { type, content: String(content).replace('%API%', api) } : file
}

function headersOf(type: string): Readonly<Record<string, string>> {
  // as apps are served: the page is asked for each time, which leaves the back-forward cache open to it
  return { 'Content-Type': type, 'Cache-Control': type === 'text/html' ? 'no-cache' : 'max-age=3600' }
}
