import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { TortureOptions } from './torture/command.ts'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
  readonly description: string
}

/** The command line. Each command loads what it needs when it is called. */
export function program(): Command {
  const authchart = new Command('authchart').description(manifest.description).version(manifest.version)
  authchart
    .command('torture')
    .description('Tries a client of an auth server on what tabs, networks and clocks do to it.')
    .argument('<adapter...>', 'files that export { name, open } as their default: see the types of "authchart/torture"')
    .option('--json', 'print JSON')
    .option('--report', 'say what was seen, and do not fail')
    .action(async (files: string[], options: TortureOptions) => {
      const { runTorture } = await import('./torture/command.ts')
      process.exitCode = await runTorture(files, options)
    })
  return authchart
}
