import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readVariables, variablesOf } from './variables.ts'
import { SetupError } from './errors.ts'
import { findPackageManager, type PackageManager } from './package-manager.ts'

export type Kind = 'react' | 'vue' | 'next' | 'nuxt'
export type Router = 'react-router' | 'tanstack-router' | 'vue-router' | 'none'

export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly packageManager?: string
}

/** What an app says of itself. */
export interface Project {
  readonly folder: string
  readonly kind: Kind
  /** The router that the app has. Next and Nuxt have their own. */
  readonly router: Router
  /** The folder of the app's code: `src`, `app`, or empty. */
  readonly source: string
  readonly hasVitest: boolean
  /** Whether the app has Authchart already. */
  readonly isSetUp: boolean
  /** The key that an earlier run has written. */
  readonly publishableKey: string | undefined
  readonly packageManager: PackageManager
}

export const kindNames: Readonly<Record<Kind, string>> = {
  react: 'React with Vite',
  vue: 'Vue with Vite',
  next: 'Next.js',
  nuxt: 'Nuxt',
}

const known = 'React with Vite, Vue with Vite, Next.js (App Router) and Nuxt 4'

/**
 * Looks at the app in a folder, and changes nothing.
 *
 * @throws SetupError `'no-package'`, `'unknown-framework'` or `'not-supported'`
 */
export function readProject(folder: string): Project {
  const manifest = readManifest(folder)
  const packages = { ...manifest.devDependencies, ...manifest.dependencies }
  const kind = findKind(packages)
  checkVersions(kind, packages)
  const has = (path: string): boolean => existsSync(join(folder, path))
  if (!has('tsconfig.json'))
    throw new SetupError(
      'not-supported',
      `There is no tsconfig.json in ${folder}. Setup writes TypeScript: add it to the app, or follow docs/${kind}.md by hand.`,
    )
  return {
    folder,
    kind,
    router: findRouter(kind, packages),
    source: findSource(kind, folder, has),
    hasVitest: 'vitest' in packages,
    isSetUp: '@authchart/core' in packages,
    publishableKey: readVariables(folder, kind)[variablesOf(kind).key],
    packageManager: findPackageManager(folder, manifest.packageManager),
  }
}

function readManifest(folder: string): Manifest {
  const path = join(folder, 'package.json')
  if (!existsSync(path))
    throw new SetupError(
      'no-package',
      `There is no package.json in ${folder}. Run this in the folder of an app, or name it: authchart setup my-app`,
    )
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest)) return manifest
  } catch (cause) {
    throw new SetupError('no-package', `${path} cannot be read as JSON. Mend it first.`, { cause })
  }
  throw new SetupError('no-package', `${path} holds no object. Mend it first.`)
}

type Packages = Readonly<Record<string, string>>

function findKind(packages: Packages): Kind {
  if ('next' in packages) return 'next'
  if ('nuxt' in packages) return 'nuxt'
  if ('vite' in packages && 'react-dom' in packages) return 'react'
  if ('vite' in packages && 'vue' in packages) return 'vue'
  throw new SetupError(
    'unknown-framework',
    `The package.json names no framework that setup knows. It knows ${known}; for any other page see docs/typescript.md.`,
  )
}

/** What the templates stand on. A version that cannot be read as a number (`latest`, `workspace:*`) is taken as new enough. */
const oldest: Readonly<Record<Kind, readonly [name: string, major: number]>> = {
  react: ['react', 19],
  vue: ['vue', 3],
  next: ['next', 16],
  nuxt: ['nuxt', 4],
}

function checkVersions(kind: Kind, packages: Packages): void {
  const [name, needed] = oldest[kind]
  checkVersion(packages, name, needed, kind)
  if ('react-router' in packages) checkVersion(packages, 'react-router', 7, kind)
}

function checkVersion(packages: Packages, name: string, needed: number, kind: Kind): void {
  const major = Number(/^\D{0,2}(\d+)/.exec(packages[name] ?? '')?.[1] ?? needed)
  if (major < needed)
    throw new SetupError(
      'not-supported',
      `This app has ${name} ${String(packages[name])}, and setup needs ${name} ${needed} or newer. docs/${kind}.md says how to go on by hand.`,
    )
}

function findRouter(kind: Kind, packages: Packages): Router {
  if (kind === 'react' && 'react-router' in packages) return 'react-router'
  if (kind === 'react' && '@tanstack/react-router' in packages) return 'tanstack-router'
  if (kind === 'vue' && 'vue-router' in packages) return 'vue-router'
  return 'none'
}

function findSource(kind: Kind, folder: string, has: (path: string) => boolean): string {
  if (kind === 'nuxt') return 'app'
  if (kind !== 'next') return 'src'
  const source = has('src/app') ? 'src' : ''
  if (!has(join(source, 'app')))
    throw new SetupError(
      'not-supported',
      `There is no folder "app" in ${folder}. Setup knows the App Router of Next.js only: docs/next.md.`,
    )
  return source
}
