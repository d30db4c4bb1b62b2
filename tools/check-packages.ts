// Packs every public package as it would be published and checks the tarball with publint and attw.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const dir = mkdtempSync(join(tmpdir(), 'authchart-pack-'))
const run = (command: string): void => {
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
for (const name of ['@authchart/core', '@authchart/react', '@authchart/vue', 'authchart']) {
  run(`pnpm --filter "${name}" exec pnpm pack --pack-destination "${dir}" --json > "${join(dir, 'log')}"`)
}
const tarballs = readdirSync(dir).filter((name) => name.endsWith('.tgz'))
if (tarballs.length !== 4) throw new Error(`4 packages should have been packed, not ${tarballs.length}`)
for (const tarball of tarballs) {
  run(`publint --strict "${join(dir, tarball)}"`)
  // a command has no types
  if (!/^authchart-\d/.test(tarball)) run(`attw --profile esm-only --format ascii --quiet "${join(dir, tarball)}"`)
}
rmSync(dir, { recursive: true, force: true })
