import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

export interface Site {
  readonly url: string
  readonly close: () => Promise<void>
}

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' }

/** Builds the pages from source into memory and serves them on an origin of their own. */
export async function startSite(): Promise<Site> {
  const files = await buildPages()
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1)
    const file = files.get(path)
    const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'text/plain'
    response.writeHead(file === undefined ? 404 : 200, { 'Content-Type': type, 'Cache-Control': 'no-store' })
    response.end(file ?? 'Elsewhere')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The site listens on no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function buildPages(): Promise<Map<string, string | Uint8Array>> {
  const root = fileURLToPath(new URL('page', import.meta.url))
  const input = ['tab.html', 'conductor.html'].map((name) => `${root}/${name}`)
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root,
    build: { write: false, modulePreload: false, rolldownOptions: { input } },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) => ('output' in one ? one.output : []))
  return new Map(outputs.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]))
}
