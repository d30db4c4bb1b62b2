import { Command, Option } from 'commander'
import type { Flags } from './answers.ts'

/** What is loaded to print the help; the rest is loaded when it is called. */
export function setupCommand(): Command {
  return new Command('setup')
    .description('Adds sign-in, sign-up and a guarded page to an app of React, Vue, Next or Nuxt.')
    .argument('[folder]', 'the folder of the app', '.')
    .addOption(new Option('--backend <name>', 'who has the accounts').choices(['bkend', 'custom']))
    .option('--url <address>', 'where the backend is')
    .option('--publishable-key <key>', 'the key of the bkend project: pk_…')
    .addOption(new Option('--mode <mode>', 'where the session lives').choices(['page', 'worker', 'cookie']))
    .option('--guards <roles>', 'the roles that get a guard: admin,editor')
    .addOption(new Option('--router <name>', 'the router to add').choices(['react-router', 'vue-router', 'none']))
    .option('--test', 'write a first test, with Vitest')
    .option('--no-test', 'write no test')
    .option('--install', 'install the packages at the end')
    .option('--no-install', 'print how to install the packages')
    .option('-y, --yes', 'ask nothing: take what is usual')
    .option('--dry-run', 'print all files and changes, and write nothing')
    .action(async (folder: string, flags: Flags) => (await import('./command.ts')).runSetup(folder, flags))
}
