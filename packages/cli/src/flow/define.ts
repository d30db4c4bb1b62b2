import { Argument, Command, Option } from 'commander'
import type { FlowOptions } from './command.ts'

/** `authchart flow`: what it takes, and what its help says. The drawing is loaded when it is called. */
export function flowCommand(): Command {
  return new Command('flow')
    .description('Draws the chart of an app: a machine of XState, authMachine.provide({ … }), or an auth')
    .addArgument(
      new Argument(
        '[file]',
        'a module that exports the chart, in TypeScript or JavaScript; without it the chart of @authchart/core',
      ),
    )
    .option('-e, --export <name>', 'the export of the file (default: the default export, or the only chart)')
    .addOption(
      new Option('-f, --format <format>', 'what to draw').choices(['mermaid', 'svg', 'html']).default('mermaid'),
    )
    .option('-s, --state <name>', 'marks the shortest way from the start to a state: authenticated.refreshing')
    .option('-o, --out <file>', 'writes into a file instead of to the terminal')
    .addHelpText(
      'after',
      '\nThe file is run, with all that it imports, by Node.js and with your rights: give it files that you trust.\nOf the chart itself nothing is run: no effect, no guard and no request.',
    )
    .action(async (file: string | undefined, options: FlowOptions) => {
      const { flow } = await import('./command.ts')
      await flow(file, options)
      // an app may have begun something that would never end
      if (file !== undefined) process.stdout.write('', () => process.exit())
    })
}
