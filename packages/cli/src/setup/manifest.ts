import { readFileSync } from 'node:fs'
import type { Item } from './plan.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}

/** What the written files were tried with. */
const versions = {
  '@authchart/core': `^${version}`,
  '@authchart/react': `^${version}`,
  '@authchart/vue': `^${version}`,
  xstate: '^5.33.0',
  jose: '^6.2.0',
  'react-router': '^8.5.0',
  vue: '^3.5.40',
  'vue-router': '^5.5.0',
  vitest: '^5.1.0',
  'happy-dom': '^21.0.0',
  '@testing-library/dom': '^10.4.0',
  '@testing-library/react': '^16.3.0',
  '@vitejs/plugin-vue': '^6.0.0',
  '@vue/test-utils': '^2.6.0',
} as const

export type PackageName = keyof typeof versions

export interface Packages {
  readonly dependencies: readonly PackageName[]
  readonly devDependencies: readonly PackageName[]
  readonly scripts: Readonly<Record<string, string>>
}

type Table = Readonly<Record<string, string>>

/** Adds what is missing to the package.json; what stands there stays. */
export const manifestItem = ({ dependencies, devDependencies, scripts }: Packages): Item => ({
  path: 'package.json',
  want(before) {
    const manifest = JSON.parse(before ?? '{}') as Record<string, Table | undefined>
    const present = { ...manifest['dependencies'], ...manifest['devDependencies'], ...manifest['peerDependencies'] }
    const versionOf = (name: PackageName): string =>
      name === 'vitest' && isTooOldForVitest5(present['@types/node']) ? '^4.1.0' : versions[name]
    const added = (names: readonly PackageName[]) =>
      Object.fromEntries(names.filter((name) => !(name in present)).map((name) => [name, versionOf(name)]))
    const next = {
      ...manifest,
      ...withAdded('scripts', manifest, missing(scripts, manifest['scripts']), false),
      ...withAdded('dependencies', manifest, added(dependencies)),
      ...withAdded('devDependencies', manifest, added(devDependencies)),
    }
    const indent = /^[ \t]+/m.exec(before ?? '')?.[0] ?? 2
    const text = JSON.stringify(next, null, indent) + (before?.endsWith('\n') ? '\n' : '')
    return JSON.stringify(manifest) === JSON.stringify(next) ? { is: 'present' } : { is: 'change', text }
  },
})

/** npm refuses to install Vitest 5 beside the types of Node.js 20, which the starter of Next has. */
const isTooOldForVitest5 = (typesOfNode: string | undefined): boolean =>
  ['20', '21'].includes(/^\D?(\d+)/.exec(typesOfNode ?? '')?.[1] ?? '')

const missing = (wanted: Table, present: Table = {}): Table =>
  Object.fromEntries(Object.entries(wanted).filter(([name]) => !(name in present)))

function withAdded(field: string, manifest: Record<string, Table | undefined>, added: Table, isSorted = true) {
  if (Object.keys(added).length === 0) return {}
  const entries = Object.entries({ ...manifest[field], ...added })
  // as package managers write it
  if (isSorted) entries.sort(([one], [other]) => (one < other ? -1 : 1))
  return { [field]: Object.fromEntries(entries) }
}
