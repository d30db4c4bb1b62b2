import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What a build finds in the terminal of a developer: a test runner's NODE_ENV would be taken for the mode. */
export function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    CI: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
    NUXT_TELEMETRY_DISABLED: '1',
    ...more,
  }
  delete env.NODE_ENV
  return env
}

/** Runs a command to its end. Rejects with everything it printed if it fails. */
export async function run(command: string, cwd: string, more?: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(command, { cwd, env: environment(more), shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += String(data)))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code === 0) return printed
  throw new Error(`"${command}" ended with ${String(code)}:\n${printed}`)
}
