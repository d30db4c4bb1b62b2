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
for (const name of ['core', 'react', 'vue']) {
  run(`pnpm --filter "@authchart/${name}" exec pnpm pack --pack-destination "${dir}" --json > "${join(dir, 'log')}"`)
}
const tarballs = readdirSync(dir).filter((name) => name.endsWith('.tgz'))
if (tarballs.length !== 3) throw new Error(`3 packages should have been packed, not ${tarballs.length}`)
for (const tarball of tarballs) {
  run(`publint --strict "${join(dir, tarball)}"`)
  run(`attw --profile esm-only --format ascii --quiet "${join(dir, tarball)}"`)
}
rmSync(dir, { recursive: true, force: true })
