import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { basename, extname, join, normalize } from 'node:path'
import { createHandlers } from '@authchart/example-shared/handler'

export interface Site {
  readonly url: string
  close(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

/** Serves an app that was built, on an origin of its own. Every path that is no file is a page of the app. */
export async function serveApp(folder: string, authServer: string): Promise<Site> {
  const page = await readFile(join(folder, 'index.html'), 'utf8')
  const where = `<script>globalThis.AUTH_SERVER = ${JSON.stringify(authServer)}</script>`
  const index = page.replace('<head>', `<head>${where}`)
  const answer = createHandlers(basename(folder), authServer)
  const server = createServer((request, response) => answer(request, response, () => serve(request, response)))
  function serve(request: IncomingMessage, response: ServerResponse): void {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const type = TYPES[extname(path)]
    const content = type === undefined || type === TYPES['.html'] ? index : readFile(join(folder, path))
    Promise.resolve(content).then(
      (body) => response.writeHead(200, { 'Content-Type': type ?? 'text/html' }).end(body),
      () => response.writeHead(404).end(),
    )
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, 'localhost', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The site listens on no port')
  return {
    url: `http://localhost:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
