import type { Answers } from './answers.ts'
import type { PackageName } from './manifest.ts'
import { file, type Item } from './plan.ts'
import type { Kind, Project } from './project.ts'
import { readTemplate } from './templates.ts'
import { variablesOf } from './variables.ts'

/** What one kind of app is given, beside what all of them are. */
export interface Recipe {
  readonly items: readonly Item[]
  readonly dependencies: readonly PackageName[]
  readonly devDependencies: readonly PackageName[]
}

export type MakeRecipe = (project: Project, answers: Answers) => Recipe

export type Own = (path: string, template: string) => Item

/** Makes files of templates, filled with the answers. */
export function ownFiles({ kind }: Project, { roles, backend, mode }: Answers): Own {
  const { server, key } = variablesOf(kind)
  const isBkend = backend === 'bkend'
  const variables = mode === 'cookie' ? 'process.env' : 'import.meta.env'
  const orNone = mode === 'cookie' ? " ?? ''" : ''
  const words = {
    SERVER: `${variables}.${server}${isBkend ? '' : " ?? ''"}`,
    KEY: `${variables}.${key}${orNone}`,
    BINDING: bindings[kind],
    // in Nuxt the client of the backend is where only the server is
    BACKEND: kind === 'nuxt' ? '../../server/utils/backend' : './backend',
    GUARDS: kind === 'nuxt' ? '../../app/auth/guards' : './guards',
    PATHS: isBkend ? '/v1/data' : '/data',
    USER: readTemplate(`shared/user.${backend}.ts`, { roles: [] }).trim(),
  }
  return (path, template) => file(path, readTemplate(template, { roles, words }))
}

/** The files of all apps that have the session in the page. */
export const pageFiles = (own: Own, { mode, backend }: Answers): readonly Item[] => [
  own('src/auth/auth.ts', `shared/auth.${mode}.ts`),
  own('src/auth/backend.ts', `shared/backend.${backend}.ts`),
  own('src/auth/guards.ts', 'shared/guards.ts'),
  ...(mode === 'worker' ? [own('src/auth/auth-worker.ts', 'shared/auth-worker.ts')] : []),
  own('src/auth/messages.ts', 'shared/messages.ts'),
  own('src/auth/auth.css', 'shared/auth.css'),
]

export const bindings = {
  react: '@authchart/react',
  next: '@authchart/react',
  vue: '@authchart/vue',
  nuxt: '@authchart/vue',
} as const satisfies Record<Kind, PackageName>
