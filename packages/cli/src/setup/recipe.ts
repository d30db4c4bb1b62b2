import type { Answers } from './answers.ts'
import type { PackageName } from './manifest.ts'
import type { Item } from './plan.ts'
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

/** Fills templates with the answers. */
export function filler({ kind }: Project, { roles, backend }: Answers) {
  const { server, key } = variablesOf(kind)
  const variable = kind === 'next' || kind === 'nuxt' ? 'process.env.' : 'import.meta.env.'
  const words = {
    SERVER: backend === 'custom' ? `${variable}${server} ?? ''` : variable + server,
    KEY: `${variable}${key}${variable === 'process.env.' ? " ?? ''" : ''}`,
    BINDING: bindings[kind],
  }
  return (name: string): string => readTemplate(name, { roles, words })
}

export const bindings = {
  react: '@authchart/react',
  next: '@authchart/react',
  vue: '@authchart/vue',
  nuxt: '@authchart/vue',
} as const satisfies Record<Kind, PackageName>
