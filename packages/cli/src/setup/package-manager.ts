import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun'

const lockfiles: readonly (readonly [file: string, manager: PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['pnpm-workspace.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
]

/** By `packageManager` of the package.json, else by the nearest lockfile, also that of a workspace around the app. */
export function findPackageManager(folder: string, declared?: string): PackageManager {
  const [, name] = /^(npm|pnpm|yarn|bun)@/.exec(declared ?? '') ?? []
  if (name) return name as PackageManager
  const found = lockfiles.find(([file]) => existsSync(join(folder, file)))
  if (found) return found[1]
  const parent = dirname(folder)
  return parent === folder ? 'npm' : findPackageManager(parent)
}
