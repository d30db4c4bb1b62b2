/**
 * The torture of `authchart torture` on this client, on two others, and on this one without its mark. Fails if this one does not
 * survive all of it, if the suite does not notice the mark, or if docs/torture.md says something else than what was seen.
 */
import { readFileSync } from 'node:fs'
import { toMarkdown, toTable, torture, type TortureAdapter, type Verdict } from 'authchart/torture'
import { loadMutant, mutants } from '../prove/mutants.ts'
import oidc from './oidc.ts'
import ours, { oursOf } from './ours.ts'
import supabase from './supabase.ts'

const mark = mutants.find(({ name }) => name === 'no mark')
if (!mark) throw new Error('prove/mutants.ts has no mutant without the mark')
const unmarked = oursOf(await loadMutant(mark), 'without the mark')

const adapters: readonly TortureAdapter[] = [ours, supabase, oidc, unmarked]
const results = new Map<string, readonly Verdict[]>()
for (const adapter of adapters) results.set(adapter.name, await torture(adapter))
console.log(toTable(results))

const problemsOf = ({ name }: TortureAdapter): readonly Verdict[] =>
  (results.get(name) ?? []).filter(({ problem }) => problem !== null)
const shown = new Map([ours, supabase, oidc].map(({ name }) => [name, results.get(name) ?? []]))
const page = readFileSync(new URL('../../../docs/torture.md', import.meta.url), 'utf8')
const faults = [
  problemsOf(ours).length > 0 && 'this client does not survive all of it',
  problemsOf(unmarked).length === 0 && 'without its mark the client survives all the same: the torture is too mild',
  !page.includes(toMarkdown(shown)) && `docs/torture.md does not have what was seen:\n\n${toMarkdown(shown)}`,
].filter((fault) => fault !== false)
for (const fault of faults) console.log(`\ntorture: ${fault}`)
if (faults.length > 0) process.exitCode = 1
