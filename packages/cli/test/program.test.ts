import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { program } from '../src/program.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('the command says which version it has', () => {
  const { stdout } = spawnSync(process.execPath, [main, '--version'], { encoding: 'utf8' })
  expect(stdout.trim()).toBe(program().version())
})

test('a word that is no command is refused, with what there is', () => {
  const { status, stderr } = spawnSync(process.execPath, [main, 'stup'], { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/unknown command|too many arguments/)
})
