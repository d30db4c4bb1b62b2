import { authMachine } from '@authchart/core'
import { expect, test, vi } from 'vitest'
import { annsPassword, drain, openTab, watch } from '../support.ts'
import { quotedIn, readFile, tableUnder } from './documents.ts'

const document = readFile('docs/machine.md')
const source = readFile('packages/core/src/machine/setup.ts')
const effects = readFile('packages/core/src/machine/parts.ts')

/** What each part gets beside context and event, by the source: the fields of its parameters, or of its input. */
function takenIn(kind: string): Record<string, string[]> {
  const [, block = ''] =
    kind === 'actors'
      ? (/^export interface Effects \{\n([\s\S]*?)\n\}/m.exec(effects.replaceAll('  readonly ', '    ')) ?? [])
      : (new RegExp(`^  ${kind}: \\{\\n([\\s\\S]*?)\n  \\},`, 'm').exec(source) ?? [])
  const parts = block.split(/^ {4}(?=\w+: )/m).filter((part) => /^\w+: /.test(part))
  return Object.fromEntries(
    parts.map((part) => {
      const [, fields = ''] = /(?:asked: |\}: |Effect<)\{ ([^}]*?) \}/.exec(part) ?? []
      return [/^\w+/.exec(part)?.[0] ?? '', Array.from(fields.matchAll(/(\w+):/g), ([, field]) => field ?? '')]
    }),
  )
}

test.each([
  ['guards', 'guard', 'Guards'],
  ['actions', 'action', 'Actions'],
  ['actors', 'actor', 'Actors'],
] as const)('docs/machine.md has each of the %s of the chart, with what it gets [W9]', (kind, column, heading) => {
  const said = tableUnder(document, heading).map((row) => [quotedIn(row[column])[0], quotedIn(row['gets'])] as const)
  expect(said.map(([name]) => name).sort()).toEqual(Object.keys(authMachine.implementations[kind]).sort())
  expect(Object.fromEntries(said)).toEqual(takenIn(kind))
})

test('the guard that docs/machine.md replaces ends a sign-in at a wrong code [W9]', async () => {
  const machine = authMachine.provide({
    guards: { isAnswerRetryable: (_, { error }) => error.code !== 'invalid-code' && error.code !== 'unknown' },
  })
  const { auth, client } = openTab({ machine })
  const signedIn = watch(auth.signIn(annsPassword))
  await drain()
  client.next('signIn').answer({ challenge: { kind: 'totp', handle: 'h' } })
  await drain()
  expect(signedIn.now).toBe('challenge-required')

  const answered = watch(auth.answerChallenge({ code: '000000' }))
  await drain()
  client.next('answerChallenge').fail('invalid-code')
  await drain()
  expect(answered.now).toBe('invalid-code')
  expect(auth.getState().status).toBe('anonymous')
})

test('a replaced isAllowed that throws is closed, and requireUser settles [W9, K12]', async () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {})
  const machine = authMachine.provide({
    guards: {
      isAllowed() {
        throw new Error('no policy')
      },
    },
  })
  const { auth, signIn } = openTab({ machine })
  await signIn()
  expect(auth.can('isEditor')).toBe(false)
  await expect(auth.requireUser({ guard: 'isEditor' })).rejects.toMatchObject({ code: 'forbidden' })
  expect(auth.getState().status).toBe('authenticated')
  report.mockRestore()
})
