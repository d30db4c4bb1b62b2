/** What the protocol stands on, taken away: each has to give a story. The texts stand in the source exactly once. */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import type * as Core from '@authchart/core'
import { seed } from '../seeded/seed.ts'
import type { Scenario } from './scenarios.ts'

export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
  /** Where it shows. */
  readonly in: Omit<Scenario, 'name' | 'wide'>
}

interface Edit {
  /** Within packages/core/src. */
  readonly file: string
  readonly from: string
  readonly to: string
}

export const mutants: readonly Mutant[] = [
  {
    name: 'no mark',
    edits: [
      {
        file: 'custody/renewal.ts',
        from: 'replace(stored.revision, spent, spend)',
        to: 'replace(stored.revision, spent, null)',
      },
    ],
    in: { tabs: 1, stored: 'due', left: { faults: 1 } },
  },
  {
    name: 'no second look under the lock',
    edits: [{ file: 'custody/renewal.ts', from: 'if (reconcile(stored)) return settled', to: '' }],
    in: { tabs: 2, stored: 'due', left: { drops: 1 } },
  },
  {
    name: 'no compare-and-set',
    edits: [{ file: 'storage/disk.ts', from: 'if (!written) return false', to: '' }],
    in: { tabs: 2, stored: 'due', left: { leases: 1 } },
  },
  {
    name: 'no fence after the store',
    edits: [
      {
        file: 'custody/store.ts',
        from: 'if (stored === null || !isHeld()) return settled',
        to: 'if (stored === null) return settled',
      },
      {
        file: 'custody/store.ts',
        from: 'const current = vault.session\n',
        to: 'const current = vault.session ?? held\n',
      },
    ],
    in: { tabs: 1, stored: 'due', left: { signOut: 1, token: 1 } },
  },
  {
    name: 'no tombstone',
    edits: [{ file: 'custody/end.ts', from: '{ reason, user: session.user, generation })', to: 'null)' }],
    in: { tabs: 2, stored: 'due', left: { ends: 1 } },
  },
  {
    name: 'no twin',
    edits: [{ file: 'custody/tombstones.ts', from: 'twin?.write(at, value)', to: 'void at, value' }],
    in: { tabs: 1, stored: 'good', left: { signOut: 1, faults: 1 } },
  },
  {
    name: 'no word of a spend beside the record',
    edits: [{ file: 'custody/renewal.ts', from: 'tools.tombstones.noteSpend(spent)', to: '' }],
    in: { tabs: 2, stored: 'due', left: { full: 2 } },
  },
  {
    name: 'no generation in an end',
    edits: [
      {
        file: 'custody/endings.ts',
        from: 'isWhole(reason) ? Infinity : generation',
        to: 'reason ? Infinity : generation',
      },
    ],
    in: { tabs: 2, stored: 'due', left: { leases: 1, waits: 1 } },
  },
  {
    name: '"unknown" is "none"',
    edits: [
      {
        file: 'storage/persistence.ts',
        from: 'retry.later()\n    throw error',
        to: 'retry.later()\n    return { stored: null, raw: null }',
      },
    ],
    in: { tabs: 1, stored: 'due', left: { faults: 1 } },
  },
]

const source = new URL('../../core/src/', import.meta.url).href

/** The core with this taken away, beside the shipped one. @throws if a text is not there exactly once */
export async function loadMutant({ name, edits }: Mutant): Promise<typeof Core> {
  const query = `?without=${mutants.findIndex((mutant) => mutant.name === name)}`
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      const isOwn = context.parentURL?.endsWith(query) && found.url.startsWith(source)
      return isOwn ? { ...found, url: found.url + query } : found
    },
    load(url, context, next) {
      if (!url.endsWith(query)) return next(url, context)
      const path = new URL(url.slice(0, -query.length))
      const own = edits.filter(({ file }) => path.href === source + file)
      const text = own.reduce((before, edit) => seed({ ...edit, name }, before), readFileSync(path, 'utf8'))
      return { format: 'module-typescript', source: text, shortCircuit: true }
    },
  })
  try {
    for (const edit of edits) seed({ ...edit, name })
    return (await import(`${source}exports/index.ts${query}`)) as typeof Core
  } finally {
    hooks.deregister()
  }
}
