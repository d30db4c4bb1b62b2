import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { flowCommand } from './flow/define.ts'
import { rbacCommand } from './rbac/define.ts'
import { setupCommand } from './setup/define.ts'
import { tortureCommand } from './torture/define.ts'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
  readonly description: string
}

/** The command line. Each command loads what it needs when it is called. */
export function program(): Command {
  return new Command('authchart')
    .description(manifest.description)
    .version(manifest.version)
    .addCommand(setupCommand())
    .addCommand(flowCommand())
    .addCommand(rbacCommand())
    .addCommand(tortureCommand())
}
