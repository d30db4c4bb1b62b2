import { Command, Option } from 'commander'

/** What is loaded to print the help; the rest is loaded when it is called. */
export function rbacCommand(): Command {
  return new Command('rbac')
    .description('Lists who may enter which page, by the guards and the routes of the app.')
    .argument('[folder]', 'the app', '.')
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'markdown', 'json']))
    .option('--public <paths...>', 'paths that are open to all on purpose')
    .addOption(new Option('--out <file>', 'write the Markdown table into a file').conflicts(['check', 'add']))
    .addOption(new Option('--check <file>', 'fail if the table in that file is stale').conflicts('add'))
    .option('--add <role>', 'write a guard for a role into the file of the auth')
    .option('--yes', 'do not ask before a file is changed')
    .action(async (folder: string, options: object) => {
      process.exitCode = await (await import('./command.ts')).rbac(folder, options)
    })
}
