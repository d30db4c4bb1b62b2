import { Command } from 'commander'
import type { TortureOptions } from './command.ts'

/** What is loaded to print the help; the rest is loaded when it is called. */
export function tortureCommand(): Command {
  return new Command('torture')
    .description('Tries a client of an auth server on what tabs, networks and clocks do to it.')
    .argument('<adapter...>', 'files that export { name, open } as their default: see the types of "authchart/torture"')
    .option('--json', 'print JSON')
    .option('--report', 'say what was seen, and do not fail')
    .action(async (files: string[], options: TortureOptions) => {
      const { runTorture } = await import('./command.ts')
      process.exitCode = await runTorture(files, options)
    })
}
