import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from './run.ts'

/** Where the examples look for the packages: pnpm-workspace.yaml of each names it. */
const packed = join(root, 'node_modules/.cache/packed')

/** Packs a package as it would be published, into an empty folder. Answers where the tarball is. */
export async function packPackage(name: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  await run(`pnpm pack --pack-destination "${folder}"`, join(root, 'packages', name))
  const [tarball] = await readdir(folder)
  if (tarball === undefined) throw new Error(`${name} was packed into nothing`)
  return join(folder, tarball)
}

export const buildPackages = (): Promise<string> => run('pnpm exec tsc -b', root)

/** Packs the packages as they would be published, and unpacks them for the examples. */
export async function packPackages(): Promise<void> {
  await buildPackages()
  await rm(packed, { recursive: true, force: true })
  for (const name of ['core', 'react', 'vue']) {
    const folder = join(packed, name)
    const tarball = await packPackage(name, folder)
    await run(`tar -xzf "${tarball}" --strip-components=1`, folder)
    await rm(tarball)
  }
}
