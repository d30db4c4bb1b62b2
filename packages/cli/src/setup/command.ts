import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { Flags } from './answers.ts'
import { SetupError } from './errors.ts'
import { prompter } from './prompter.ts'
import { setUp } from './setup.ts'

/** `authchart setup`: what goes wrong is said in a sentence, and ends the process with 1. */
export async function runSetup(folder: string, flags: Flags): Promise<void> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY
  try {
    await setUp(resolve(folder), flags, { ask: isTerminal ? prompter : null, say: console.log, run })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

function run(command: string, cwd: string): Promise<boolean> {
  const child = spawn(command, { cwd, shell: true, stdio: 'inherit' })
  return new Promise((settle) => {
    child.once('error', () => settle(false))
    child.once('close', (code) => settle(code === 0))
  })
}
