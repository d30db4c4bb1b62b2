import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
  readonly description: string
}

/** The command line. Each command loads what it needs when it is called. */
export function program(): Command {
  const authchart = new Command('authchart').description(manifest.description).version(manifest.version)
  authchart
    .command('rbac')
    .description('list who may enter which page, by the guards and the routes of the app')
    .argument('[folder]', 'the app', '.')
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'markdown', 'json']))
    .option('--public <paths...>', 'paths that are open to all on purpose')
    .addOption(new Option('--out <file>', 'write the Markdown table into a file').conflicts(['check', 'add']))
    .addOption(new Option('--check <file>', 'fail if the table in that file is stale').conflicts('add'))
    .option('--add <role>', 'write a guard for a role into the file of the auth')
    .option('--yes', 'do not ask before a file is changed')
    .action(async (folder: string, options: object) => {
      process.exitCode = await (await import('./rbac/command.ts')).rbac(folder, options)
    })
  return authchart
}
