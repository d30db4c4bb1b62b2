import { randomBytes } from 'node:crypto'
import type { Answers } from './answers.ts'
import type { Item } from './plan.ts'
import type { Kind } from './project.ts'
import { parseVariables, variablesOf } from './variables.ts'

/** The files that hold what differs from one place to another: the address, the key and the secret. */
export function environmentItems(kind: Kind, answers: Answers): readonly Item[] {
  const { file, server, key, secret } = variablesOf(kind)
  const values: (readonly [name: string, value: string])[] = [
    ...(answers.url === null ? [] : [[server, answers.url] as const]),
    ...(answers.backend === 'bkend' ? [[key, answers.publishableKey] as const] : []),
    ...(secret === null ? [] : [[secret, randomBytes(32).toString('base64')] as const]),
  ]
  const example = [
    '# Copy this file to ' + file + ', and fill it in.',
    ...(answers.backend === 'bkend'
      ? [
          '# Where the accounts are, if not at bkend itself.',
          `# ${server}=https://api-client.bkend.ai`,
          '# The publishable key of the project: pk_…',
          `${key}=`,
        ]
      : ['# Where the accounts are.', `${server}=`]),
    ...(secret === null ? [] : ['# Seals the cookie: openssl rand -base64 32', `${secret}=`]),
  ]
  return [
    settings(file, values, secret),
    { path: '.env.example', want: (before) => exampleOf(before, example) },
    ...(secret === null ? [] : [ignored(file)]),
  ]
}

/** A file of this name may be the user's: setup adds no line to it by itself. */
const settings = (
  path: string,
  values: readonly (readonly [name: string, value: string])[],
  secret: string | null,
): Item => ({
  path,
  want(before) {
    const lines = values.map(([name, value]) => `${name}=${value}`)
    if (before === null) return { is: 'new', text: `${lines.join('\n')}\n` }
    const present = parseVariables(before)
    const missing = values.filter(([name]) => !(name in present))
    if (missing.length === 0) return { is: 'present' }
    return {
      is: 'advice',
      lines: missing.map(([name, value]) =>
        name === secret ? `${name}=   # openssl rand -base64 32` : `${name}=${value}`,
      ),
    }
  },
})

function exampleOf(before: string | null, lines: readonly string[]): ReturnType<Item['want']> {
  if (before === null) return { is: 'new', text: `${lines.join('\n')}\n` }
  const present = parseVariables(before)
  const missing = lines.filter((line) => !line.startsWith('#') && !(line.replace('=', '') in present))
  return missing.length === 0 ? { is: 'present' } : { is: 'advice', lines: missing }
}

/** What is in git is no secret. */
const ignored = (path: string): Item => ({
  path: '.gitignore',
  want(before) {
    const patterns = (before ?? '').split('\n').map((line) => line.trim().replace(/^\//, ''))
    const isCovered = [
      '.env*',
      path,
      `${path}*`,
      ...(path === '.env.local' ? ['.env.*', '*.local', '.env*.local'] : []),
    ]
    if (patterns.some((pattern) => isCovered.includes(pattern))) return { is: 'present' }
    if (before === null) return { is: 'new', text: `${path}\n` }
    return { is: 'change', text: `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${path}\n` }
  },
})
