/**
 * What each rule of custody is for, shown by taking it away: the shipped sources with one rule less, in memory only. The
 * explorer has to find a story for each, or it proves nothing.
 */
import { registerHooks } from 'node:module'
import type * as Core from '@authchart/core'

export interface Mutant {
  readonly rule: string
  /** Within packages/core/src. */
  readonly file: string
  /** Texts that stand there exactly once, and what comes in their place. */
  readonly changes: readonly (readonly [from: string, to: string])[]
  /** The name of the scenario that shows it. */
  readonly scenario: string
}

export const mutants: readonly Mutant[] = [
  {
    rule: 'the mark before a token is sent',
    file: 'custody/renewal.ts',
    changes: [
      ['persistence.replace(stored.revision, spent, spend)', 'persistence.replace(stored.revision, spent, null)'],
    ],
    scenario: 'two tabs renew',
  },
  {
    rule: 'the record is read again under the lock',
    file: 'custody/renewal.ts',
    changes: [['if (reconcile(stored)) return settled', '']],
    scenario: 'two tabs renew',
  },
  {
    rule: 'a write compares and sets',
    file: 'storage/disk.ts',
    changes: [
      [
        'return await storage.compareAndSet(key, expected, next, call)',
        `const now = (await storage.read(key, call)) as StoredRecord | null
        void expected
        return await storage.compareAndSet(key, now?.revision ?? null, next, call)`,
      ],
    ],
    scenario: 'a frozen tab loses its lease',
  },
  {
    rule: 'tokens that were stored after a sign-out are not used',
    file: 'custody/store.ts',
    changes: [
      ['const isHeld = (): boolean => vault.session?.id === held.id', 'const isHeld = (): boolean => true'],
      ['if (current?.id !== held.id) return settled', ''],
      ['withUser(current, known,', 'withUser(current ?? held, known,'],
    ],
    scenario: 'the user signs out while new tokens are stored',
  },
  {
    rule: 'a sign-out leaves a word beside the record at once',
    file: 'custody/tombstones.ts',
    changes: [['if (!before.includes(id)) write(', 'if (before.includes(id)) write(']],
    scenario: 'the user signs out',
  },
  {
    rule: 'an end names a generation',
    file: 'custody/end.ts',
    changes: [['id === session.id && generationOf(found) <= last', 'id === session.id && last >= 0']],
    scenario: 'a tab gives up a token that another one has renewed',
  },
  {
    rule: 'a storage that does not answer is unknown, and not empty',
    file: 'storage/persistence.ts',
    changes: [
      ['if (!retry.isArmed()) retry.later()\n    throw error', 'void error\n    return { stored: null, raw: null }'],
    ],
    scenario: 'two tabs renew',
  },
]

const SOURCES = new URL('../../core/src/', import.meta.url).href
let isHooked = false

/** The shipped code with that rule taken away. */
export async function withoutRule(mutant: Mutant): Promise<typeof Core> {
  if (!isHooked) hook()
  isHooked = true
  const number = mutants.indexOf(mutant)
  return (await import(`${SOURCES}exports/index.ts?mutant=${number}`)) as typeof Core
}

/** Every module of core that is reached from a mutant is one of the mutant's own. */
function hook(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      const query = /\?mutant=\d+$/.exec(context.parentURL ?? '')?.[0]
      return query && found.url.startsWith(SOURCES) ? { ...found, url: found.url + query } : found
    },
    load(url, context, next) {
      const number = /\?mutant=(\d+)$/.exec(url)?.[1]
      const loaded = next(url, context)
      if (number === undefined || !loaded.source) return loaded
      const { file, changes, rule } = mutants[Number(number)]!
      if (!url.startsWith(`${SOURCES}${file}?`)) return loaded
      let text = Buffer.from(loaded.source as Uint8Array).toString()
      for (const [from, to] of changes) {
        const times = text.split(from).length - 1
        if (times !== 1) throw new Error(`"${rule}": ${file} has this ${times} times, not once: ${from}`)
        text = text.replace(from, () => to)
      }
      return { ...loaded, source: text }
    },
  })
}
