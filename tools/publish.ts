// Publishes each package whose version the registry does not have. pnpm packs it, because it writes the versions of
// `workspace:` and the exports of `publishConfig`. npm sends it, because it proves by OIDC which workflow it runs in: no token
// is kept anywhere. `--dry-run` sends nothing.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const isDryRun = process.argv.includes('--dry-run')
const folder = mkdtempSync(join(tmpdir(), 'authchart-publish-'))

function run(command: string): void {
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' })
  if (status !== 0) throw new Error(`"${command}" has failed`)
}

/** Nothing but the answer that there is no such version means that there is none. */
function isPublished(spec: string): boolean {
  const { status, stdout } = spawnSync(`npm view "${spec}" version --json`, { shell: true, encoding: 'utf8' })
  if (status === 0) return stdout.trim() !== ''
  if (/E404/.test(stdout)) return false
  throw new Error(`The registry does not say whether it has ${spec}: ${stdout}`)
}

try {
  run('pnpm run types')
  // the core first: the bindings depend on it
  for (const room of ['core', 'react', 'vue', 'cli']) {
    const { name, version } = JSON.parse(readFileSync(`packages/${room}/package.json`, 'utf8')) as {
      readonly name: string
      readonly version: string
    }
    if (isPublished(`${name}@${version}`)) {
      console.log(`${name} ${version} is published already`)
      continue
    }
    const tarball = join(folder, `${room}.tgz`)
    run(`pnpm --filter "${name}" exec pnpm pack --out "${tarball}"`)
    run(`npm publish "${tarball}" --access public ${isDryRun ? '--dry-run' : '--provenance'}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
