import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { authMachine } from '@authchart/core'
import { afterAll, expect, test } from 'vitest'
import { draw, type FlowOptions } from '../src/flow/command.ts'
import { wayTo } from '../src/flow/way.ts'
import { program } from '../src/program.ts'

const app = (name: string): string => fileURLToPath(new URL(`flow-apps/${name}`, import.meta.url))
const mermaid = (name?: string, options: Partial<FlowOptions> = {}): Promise<string> =>
  draw(name === undefined ? undefined : app(name), { format: 'mermaid', ...options })
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const run = (...args: readonly string[]) => spawnSync(process.execPath, [main, 'flow', ...args], { encoding: 'utf8' })

const folder = mkdtempSync(join(tmpdir(), 'authchart-flow-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('without a file the command draws the chart of the core as it stands in the guide', async () => {
  const guide = readFileSync(new URL('../../../docs/machine.md', import.meta.url), 'utf8')
  expect(guide).toContain(`\`\`\`mermaid\n${await mermaid()}\`\`\``)
})

test('a replaced machine names the parts of the app and marks its guards on the arrows', async () => {
  const text = await mermaid('provided.ts')
  expect(text).toContain('%% of the app: guard isAnswerRetryable, action forgetEnded\n')
  expect(text).toContain(': authenticate.challenged, authenticate.failed [isAnswerRetryable of the app]\n')
  expect(text).toContain('session_anonymous --> session_signingOut : signOut [isAttempting]\n')
})

test('of an auth the chart is that of its actor, with the guards of the app, and what createAuth gives is not the app’s', async () => {
  const text = await mermaid('auth.ts')
  const note = "  %% of the app: guard isAnswerRetryable, can('isAdmin')\n"
  expect(text).toContain(note)
  const plain = text.replace(note, '').replace(' of the app]', ']')
  expect(plain).toBe(await mermaid())
})

test('any machine of XState is drawn, and names that Mermaid keeps for itself are changed', async () => {
  expect(await mermaid('foreign.ts')).toBe(
    'stateDiagram-v2\n  [*] --> off\n  state "off" as off\n  state "on" as on\n  off --> on : toggle\n',
  )
  const text = await mermaid('foreign.ts', { export: 'player' })
  expect(text).toContain('  player --> end_ : reset\n')
  expect(text).toContain('  end_ --> playing : play [hasTrack and not isMuted]\n')
  expect(text).toContain('  playing_sound_idle --> playing_sound_loud : after 500 ms\n')
  expect(text).toContain('  paused_waiting --> paused_asleep : any other event\n')
  expect(text).toContain('state "a #quot;quoted#quot; #60;state#62;" as playing_picture_a__quoted___state_\n')
  expect(text).toContain('over --> [*]\n')
})

test('the way to a state is marked with the numbers of its steps', async () => {
  const text = await mermaid(undefined, { state: 'authenticated.refreshing' })
  expect(text).toContain('session_restoring --> session_authenticated : (1) restore.found\n')
  expect(text).toContain(': refresh [isRenewable], (2) expiry.due\n')
  expect(text).toMatch(/class session_restoring,session_authenticated_fresh,session_authenticated_refreshing way\n$/)
})

test('a state may be named with its region, with the machine, or by its end alone', async () => {
  const texts = ['session.authenticated.refreshing', 'auth.session.authenticated.refreshing', 'refreshing'].map(
    (state) => mermaid(undefined, { state }),
  )
  expect(new Set(await Promise.all(texts)).size).toBe(1)
})

test('the way is the shortest one, and an event that a child keeps for itself is not on it', () => {
  const steps = wayTo(authMachine, 'attempt.authenticating.challenged.verifyingCode')?.steps ?? []
  expect(steps.map(({ from, label }) => `${from}: ${label}`)).toEqual([
    'attempt.early: signIn',
    'attempt.queued: restore.found',
    'attempt.authenticating.submitting: authenticate.challenged',
    'attempt.authenticating.challenged.awaitingCode: answerChallenge',
  ])
  expect(wayTo(authMachine, 'session.restoring')?.steps).toEqual([])
})

test('a state that does not exist is refused with the nearest one and all that do', async () => {
  const refused = mermaid(undefined, { state: 'authentcated.refresing' })
  await expect(refused).rejects.toThrow('Did you mean "session.authenticated.refreshing"?')
  await expect(refused).rejects.toThrow('\n  attempt.authenticating.challenged.verifyingCode')
})

test('a name that two states have is refused with both', async () => {
  await expect(mermaid('foreign.ts', { export: 'player', state: 'idle' })).rejects.toThrow(
    '"idle" may be "playing.sound.idle" or "playing.picture.idle"',
  )
})

test('a state that nothing leads to is refused', async () => {
  await expect(mermaid('foreign.ts', { export: 'player', state: 'lonely' })).rejects.toThrow(
    'Nothing leads to "lonely"',
  )
})

test('an export that is missing or no chart is refused with those that are', async () => {
  await expect(mermaid('foreign.ts', { export: 'nothing' })).rejects.toThrow(
    'has no export "nothing". It exports default, player.',
  )
  await expect(mermaid('foreign.ts', { export: 'notAChart' })).rejects.toThrow('"notAChart" is no machine of XState')
  await expect(mermaid('none.ts')).rejects.toThrow('none.ts: there is no such file.')
  await expect(draw(undefined, { format: 'mermaid', export: 'auth' })).rejects.toThrow('Give the file, too.')
})

test('a file that throws ends the command with its name, the cause and the code 1', () => {
  const { status, stderr, stdout } = run(app('throws.ts'))
  expect(stderr).toMatch(/throws\.ts cannot be loaded\. Error: No settings\n/)
  expect(stderr).toMatch(/because: TypeError: .*location/)
  expect(stderr.match(/throws\.ts/g)?.length).toBeGreaterThan(1)
  expect([status, stdout]).toEqual([1, ''])
})

test('what the app prints stays out of the picture, and a timer of the app does not keep the command alive', () => {
  const out = join(folder, 'chart.mmd')
  const { status, stderr, stdout } = run(app('noisy.ts'), '--out', out)
  expect([status, stderr, stdout]).toEqual([0, 'the app says hello\n', ''])
  expect(readFileSync(out, 'utf8')).toMatch(/^stateDiagram-v2\n[^]*shut --> open : push\n$/)
})

test('a format that does not exist and a folder that cannot be written are refused', () => {
  expect(run('--format', 'png').stderr).toContain('Allowed choices are mermaid, svg, html')
  const { status, stderr } = run('--out', join(app('noisy.ts'), 'chart.mmd'))
  expect(status).toBe(1)
  expect(stderr).toMatch(/^authchart: .*chart\.mmd cannot be written\. E/)
})

test('the help says that the file is run', () => {
  const help = program().commands.find((command) => command.name() === 'flow')
  let text = ''
  help?.configureOutput({ writeOut: (words) => (text += words) }).outputHelp()
  expect(text).toContain('The file is run')
})
