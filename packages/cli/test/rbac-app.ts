import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { inWords } from '../src/rbac/print.ts'
import { reportOf, type Report } from '../src/rbac/report.ts'
import type { Ask } from '../src/rbac/types.ts'

/** Writes an app into a folder that is gone after the test. */
export function app(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'authchart-rbac-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, code] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), code)
  }
  return folder
}

const askOf = (ask: Ask): string => {
  if (ask.kind === 'guard') return ask.name
  return ask.kind === 'user' ? 'user' : `${ask.kind}: ${ask.why}`
}

/** The routes of a report, one line for each: path, what it asks for, and the answers in the order of the columns. */
export const lines = ({ rows }: Report): string[] =>
  rows.map(({ route: { path, asks, isEntrance, unread }, answers }) => {
    const asked = unread
      ? `unread: ${unread.why}`
      : [...(isEntrance ? ['entrance'] : []), ...asks.map(askOf)].join(' + ')
    return [path ?? '?', asked || '-', answers.join(' ')].join(' | ')
  })

export const read = (files: Readonly<Record<string, string>>, publicPaths: readonly string[] = []): Report =>
  reportOf(app(files), { publicPaths })

export const said = (
  list: readonly { readonly text?: string; readonly why?: string; readonly place: { file: string; line: number } }[],
): string[] => list.map(({ text, why, place }) => `${inWords(place)} ${text ?? why}`)

/** An auth with three roles and a guard of each kind. */
export const auth = `import { createAuth, hasRecentSignIn, hasRole } from '@authchart/core'
import { bkend, type BkendUser } from '@authchart/core/bkend'

export type Role = 'admin' | 'editor' | 'member'
export type User = BkendUser<Role>

export const auth = createAuth({
  client: bkend<Role>({ publishableKey: 'pk_1' }),
  guards: {
    isAdmin: hasRole('admin'),
    isEditor: hasRole('admin', 'editor'),
    canEdit: ({ user }, post: { authorId: string }) => user.id === post.authorId,
    isFresh: hasRecentSignIn(5 * 60_000),
  },
})
`
