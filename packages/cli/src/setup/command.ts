import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { Flags } from './answers.ts'
import { prompter } from './prompter.ts'
import { setUp } from './setup.ts'

/** `authchart setup`. @throws SetupError that says what to do next */
export async function runSetup(folder: string, flags: Flags): Promise<void> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY
  await setUp(resolve(folder), flags, { ask: isTerminal ? prompter : null, say: console.log, run })
}

function run(command: string, cwd: string): Promise<boolean> {
  const child = spawn(command, { cwd, shell: true, stdio: 'inherit' })
  return new Promise((settle) => {
    child.once('error', () => settle(false))
    child.once('close', (code) => settle(code === 0))
  })
}
