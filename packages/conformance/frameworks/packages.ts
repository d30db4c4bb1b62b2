import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from './run.ts'

/** Where the examples look for the packages: pnpm-workspace.yaml of each names it. */
const packed = join(root, 'node_modules/.cache/packed')

/** Packs the packages as they would be published, and unpacks them for the examples. */
export async function packPackages(): Promise<void> {
  await run('pnpm exec tsc -b', root)
  await rm(packed, { recursive: true, force: true })
  await mkdir(packed, { recursive: true })
  for (const name of ['core', 'react', 'vue']) {
    const folder = join(packed, name)
    await mkdir(folder)
    await run(`pnpm pack --pack-destination "${folder}"`, join(root, 'packages', name))
    const [tarball] = await readdir(folder)
    await run(`tar -xzf "${tarball}" --strip-components=1`, folder)
    await rm(join(folder, tarball ?? ''))
  }
}
