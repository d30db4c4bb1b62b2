import { readAnswers, type Answers, type Flags, type Prompter } from './answers.ts'
import { environmentItems } from './environment.ts'
import { SetupError } from './errors.ts'
import { manifestItem, type PackageName } from './manifest.ts'
import { makePlan, type Item, type Step } from './plan.ts'
import { kindNames, readProject, type Kind, type Project } from './project.ts'
import { next } from './next.ts'
import { nuxt } from './nuxt.ts'
import { vue } from './vue.ts'
import { react } from './react.ts'
import { bindings, type MakeRecipe } from './recipe.ts'
import { adviceOf, bold, diffOf } from './show.ts'
import { writeFiles } from './write.ts'

/** What setup does outside of the folder's files. */
export interface Surroundings {
  /** Null where no question can be asked. */
  readonly ask: Prompter | null
  readonly say: (text: string) => void
  /** Runs a command in the folder, and tells whether it went well. */
  readonly run: (command: string, folder: string) => Promise<boolean>
}

const recipes: Readonly<Record<Kind, MakeRecipe>> = { react, vue, next, nuxt }

/**
 * Sets Authchart up in the app of a folder. All of it is planned first, then shown, then written.
 *
 * @throws SetupError with nothing changed, or `'not-installed'` with everything written
 */
export async function setUp(folder: string, flags: Flags, { ask, say, run }: Surroundings): Promise<void> {
  const project = readProject(folder)
  say(
    `${kindNames[project.kind]}${project.router === 'none' ? '' : ` with ${project.router}`}, ${project.packageManager}`,
  )
  const questions = flags.yes ? null : ask
  const answers = await readAnswers(project, flags, questions)
  const steps = makePlan(folder, itemsOf(project, answers))
  if (flags.dryRun) return sayDryRun(steps, say)
  const accepted = questions ? await confirmSteps(project, steps, questions, say) : steps.filter(isWritten)
  writeFiles(folder, accepted)
  sayResult(project, steps, accepted, say)
  const install = `${project.packageManager} install`
  if (!accepted.some(({ path }) => path === 'package.json')) return
  const hasPages = answers.router !== 'none' || project.kind === 'next' || project.kind === 'nuxt'
  const start = `${project.packageManager} run dev, and open ${hasPages ? '/account' : 'the app'}`
  if (!(flags.install ?? (await questions?.confirm(`Run ${install} now?`, true))))
    return say(`\nNow run: ${install}\nThen run: ${start}`)
  if (!(await run(install, folder)))
    throw new SetupError('not-installed', `All files are written, but "${install}" failed. Run it again.`)
  say(`\nNow run: ${start}`)
}

function itemsOf(project: Project, answers: Answers): readonly Item[] {
  const { items, dependencies, devDependencies } = recipes[project.kind](project, answers)
  const isServed = answers.mode === 'cookie'
  const own: PackageName[] = [
    '@authchart/core',
    bindings[project.kind],
    'xstate',
    ...(isServed ? (['jose'] as const) : []),
  ]
  return [
    ...items,
    ...environmentItems(project.kind, answers),
    manifestItem({
      dependencies: [...own, ...dependencies],
      devDependencies: answers.hasTest ? ['vitest', 'happy-dom', ...devDependencies] : [],
      scripts: answers.hasTest ? { test: 'vitest run' } : {},
    }),
  ]
}

/** What is written without a question. */
const isWritten = ({ wanted }: Step): boolean => wanted.is === 'new' || wanted.is === 'change'

/** Shows each change and asks for it; new files are asked for together. */
async function confirmSteps(
  { isSetUp }: Project,
  steps: readonly Step[],
  ask: Prompter,
  say: (text: string) => void,
): Promise<readonly Step[]> {
  const created = steps.filter(({ wanted }) => wanted.is === 'new')
  const accepted: Step[] = []
  if (created.length > 0) {
    say(`\nNew files:\n${created.map(({ path }) => `  ${path}`).join('\n')}`)
    if (!(await ask.confirm(`Write ${created.length} new files?`, true)))
      throw new SetupError('cancelled', 'Cancelled. Nothing was changed.')
    accepted.push(...created)
  }
  for (const step of steps) {
    // after the first run, what differs is what the user made of it
    const isForeign = step.wanted.is === 'other' && !isSetUp
    if (step.wanted.is !== 'change' && !isForeign) continue
    say(`\n${diffOf(step)}`)
    if (await ask.confirm(isForeign ? `Replace ${step.path}?` : `Change ${step.path}?`, !isForeign)) accepted.push(step)
  }
  return accepted
}

function sayDryRun(steps: readonly Step[], say: (text: string) => void): void {
  for (const step of steps) {
    if (isWritten(step) || step.wanted.is === 'other') say(`\n${diffOf(step)}`)
    if (step.wanted.is === 'other') say(`(${step.path} exists with other content, and would be left as it is.)`)
    if (step.wanted.is === 'advice') say(`\n${adviceOf(step)}`)
  }
  say(steps.every(isPresent) ? everything : '\nNothing was written: this was a dry run.')
}

const isPresent = ({ wanted }: Step): boolean => wanted.is === 'present'
const everything = 'Everything is there. Nothing was changed.'

function sayResult(
  project: Project,
  steps: readonly Step[],
  accepted: readonly Step[],
  say: (text: string) => void,
): void {
  const left = steps.filter((step) => !accepted.includes(step))
  for (const { path, wanted } of accepted) say(`${wanted.is === 'new' ? 'wrote' : 'changed'} ${path}`)
  for (const { path } of left.filter(({ wanted }) => wanted.is === 'other')) {
    const why = project.isSetUp
      ? 'it is as you have changed it'
      : 'it exists with other content; --dry-run shows the difference'
    say(`left ${path}: ${why}`)
  }
  for (const { path } of left.filter(({ wanted }) => wanted.is === 'change')) say(`left ${path}: you said no`)
  for (const step of left.filter(({ wanted }) => wanted.is === 'advice')) say(`\n${adviceOf(step)}`)
  const isComplete = left.every(({ wanted }) => wanted.is === 'present' || (project.isSetUp && wanted.is === 'other'))
  if (accepted.length === 0 && isComplete) say(bold(everything))
}
