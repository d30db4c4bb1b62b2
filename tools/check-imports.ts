// The direction of imports is kept by lint, and a rule of lint that never fires looks like one that is kept. So each of
// them is broken once: a file that must be refused is put where it applies, and the linter has to refuse it.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/** A folder, and what its files must not import. */
const forbidden: readonly (readonly [folder: string, imported: string])[] = [
  ['packages/core/src/machine', 'lodash'],
  ['packages/core/src/machine', 'xstate/graph'],
  ['packages/core/src/machine', '../effects/expiry.ts'],
  ['packages/core/src/machine', '../types.ts'],
  ['packages/core/src/effects', '../auth.ts'],
  ['packages/core/src/effects', '../wire.ts'],
  ['packages/core/src/ports', '../wire.ts'],
  ['packages/core/src/session', '../vault.ts'],
  ['packages/core/src/custody', '../effects/expiry.ts'],
  ['packages/core/src/custody', '../wire.ts'],
  ['packages/core/src/storage', '../state.ts'],
  ['packages/core/src/storage', '../testing/clock.ts'],
  ['packages/core/src', './bkend/client.ts'],
  ['packages/core/src', './cookie/client.ts'],
  ['packages/core/src', './server/handler.ts'],
  ['packages/core/src/custody', '../worker/connection.ts'],
  ['packages/core/src/effects', '../cookie/client.ts'],
  ['packages/core/src', '@authchart/react'],
  ['packages/core/src/bkend', '../custody/broker.ts'],
  ['packages/core/src/bkend', 'xstate'],
  ['packages/core/src/server', '../wire.ts'],
  ['packages/core/src/server', '../bkend/client.ts'],
  ['packages/core/src/server', 'xstate'],
  ['packages/core/src/cookie', '../server/handler.ts'],
  ['packages/core/src/cookie', '../custody/broker.ts'],
  ['packages/core/src/worker', '../auth.ts'],
  ['packages/core/src/worker', '../custody/broker.ts'],
  ['packages/core/src/worker', '../bkend/client.ts'],
  ['packages/react/src', '@authchart/core/bkend'],
  ['packages/react/src', 'lodash'],
  ['packages/react/src', 'react-router'],
  ['packages/vue/src', '../../core/src/auth.ts'],
  ['packages/vue/src', 'lodash'],
  ['packages/vue/src', 'react'],
  ['packages/cli/src', '../../core/src/auth.ts'],
  ['packages/cli/src', '@authchart/react'],
]

const probes = forbidden.map(([folder, imported], index) => ({ folder, imported, file: `${folder}/probe-${index}.ts` }))

try {
  for (const { file, imported } of probes) writeFileSync(file, `import { probe } from '${imported}'\n\nvoid probe\n`)
  const { stdout } = spawnSync('oxlint', ['--format', 'json', ...probes.map(({ file }) => file)], { encoding: 'utf8' })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }
  const refused = diagnostics
    .filter(({ code }) => code.includes('no-restricted-imports'))
    .map(({ filename }) => filename)
  const missed = probes.filter(({ file }) => !refused.some((name) => name.endsWith(file)))
  for (const { folder, imported } of missed) console.log(`${folder} may import ${imported}, and must not`)
  console.log(`imports: ${probes.length - missed.length} of ${probes.length} wrong ones are refused`)
  if (missed.length > 0) process.exitCode = 1
} finally {
  for (const { file } of probes) rmSync(file, { force: true })
}

// what decides is a function of plain facts: it waits for nothing and remembers nothing
const verdicts = ['compare', 'spend', 'judge', 'health'].map((name) => `packages/core/src/custody/${name}.ts`)
for (const file of verdicts) {
  const [found] = /\b(await|async|Promise|let)\b/.exec(readFileSync(file, 'utf8')) ?? []
  if (found === undefined) continue
  console.log(`${file} has "${found}", and is to be pure`)
  process.exitCode = 1
}
