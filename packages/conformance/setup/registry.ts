import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { run } from '../frameworks/run.ts'

export interface Registry {
  /** The line of an `.npmrc` that finds the packages here. All others come from where they always do. */
  readonly setting: string
  readonly close: () => Promise<void>
}

/** Serves packed packages of the scope as the registry would after a release, so that an app installs them by their names. */
export async function serveRegistry(tarballs: readonly string[]): Promise<Registry> {
  const packages = await Promise.all(tarballs.map(readPackage))
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1)
    const own = packages.find(({ manifest }) => path.startsWith(manifest.name))
    if (!own) return response.writeHead(404).end()
    if (path.endsWith('.tgz')) return response.end(own.bytes)
    response.setHeader('content-type', 'application/json')
    return response.end(JSON.stringify(documentOf(own, `http://${request.headers.host}`)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    setting: `@authchart:registry=http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Packed {
  readonly manifest: { readonly name: string; readonly version: string }
  readonly bytes: Buffer
}

async function readPackage(tarball: string): Promise<Packed> {
  const manifest = await run(`tar -xzOf "${tarball}" package/package.json`, dirname(tarball))
  return { manifest: JSON.parse(manifest) as Packed['manifest'], bytes: await readFile(tarball) }
}

function documentOf({ manifest, bytes }: Packed, origin: string): object {
  const { name, version } = manifest
  const dist = {
    tarball: `${origin}/${name}/-/${version}.tgz`,
    integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
  }
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist } },
    // old enough for a package manager that waits for a release to be some days old
    time: { [version]: '2026-01-01T00:00:00.000Z' },
  }
}
