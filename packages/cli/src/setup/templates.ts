import { readFileSync } from 'node:fs'

export interface Filling {
  /** The roles that have a guard. */
  readonly roles: readonly string[]
  /** What stands for a word in capitals between underscores. */
  readonly words?: Readonly<Record<string, string>>
}

/** A block between two comments, `{{each role}}` or `{{if roles}}`, and `{{end}}`. */
const block = /^.*\{\{(each role|if roles)\}\}.*\n([\s\S]*?)^.*\{\{end\}\}.*\n/gm

/**
 * A file of `templates/`. What it says of the role `admin` is said of each role, and nothing is said if there is none.
 *
 * @example
 * readTemplate('shared/guards.ts', { roles: ['admin', 'editor'] })
 */
export function readTemplate(name: string, { roles, words = {} }: Filling): string {
  const template = readFileSync(new URL(`../../templates/${name}`, import.meta.url), 'utf8')
  const filled = template
    .replaceAll(block, (_, kind: string, body: string) => {
      if (kind === 'if roles') return roles.length > 0 ? body : ''
      return roles.map((role) => body.replaceAll('isAdmin', guardOf(role)).replaceAll(/\badmin\b/g, role)).join('')
    })
    .replace("'admin' | 'user'", [...new Set([...roles, 'user'])].map((role) => `'${role}'`).join(' | '))
    // without a role there is nothing to ask
    .replace('import { Can, ', roles.length > 0 ? 'import { Can, ' : 'import { ')
    .replaceAll(/\{\n\s*\}/g, '{}')
  return filled.replaceAll(/__([A-Z]+)__/g, (whole, word: string) => words[word] ?? whole)
}

/** `content-editor` has the guard `isContentEditor`. */
const guardOf = (role: string): string =>
  `is${role.replaceAll(/(?:^|[-_])(\w)/g, (_, letter: string) => letter.toUpperCase())}`
