/**
 * Every history of one page that was ever needed, as a tree: a page in a state of the world is a place in it. The code runs
 * once for each history and not once for each schedule; running it again for a longer one has to give the same as before.
 */
import type * as Core from '@authchart/core'
import { createPage, type Notes, type Page, type Reaction } from './page.ts'
import type { Ask, Input, Output, View } from './words.ts'

/** A page after some history. */
export interface Place {
  readonly number: number
  readonly depth: number
  readonly outputs: readonly Output[]
  readonly view: View
  /** The notes that it looked at, and what stood there, in its own names. */
  readonly looked: Reaction['looked']
  /** How many names it has met. */
  readonly names: number
  /** What it waits for; `isAborted`: it does so no longer. */
  readonly open: readonly OpenAsk[]
}

export type OpenAsk = Ask & { readonly op: number; readonly isAborted: boolean }

interface Step {
  readonly input: Input
  readonly now: number
}

interface Branch extends Place {
  readonly parent: Branch | null
  readonly step: Step
  /** By input; several where it matters what the notes say. */
  readonly children: Map<number, Branch[]>
}

export interface Pages {
  readonly at: (number: number) => Place
  /** How often a page was run from its beginning, and how many histories there are. */
  readonly count: { runs: number; histories: number }
  /** Where this leads. `notes`: each time anew, what stands beside the record in the names of the page. */
  readonly follow: (from: number | null, input: string, now: number, notes: () => Notes) => Place | Promise<Place>
}

/** Pages that are kept running, to go on with. */
const MOST_RUNNING = 20

export function createPages(core: typeof Core): Pages {
  const branches: Branch[] = []
  const roots = new Map<number, Branch[]>()
  const keys = new Map<string, number>()
  const shared = new Map<string, unknown>()
  const running = new Map<number, Page>()
  const count = { runs: 0, histories: 0 }

  /** Equal values are one, so that many histories need little memory. */
  function share<T>(value: T): T {
    const text = JSON.stringify(value)
    if (!shared.has(text)) shared.set(text, value)
    return shared.get(text) as T
  }
  function keyOf(text: string): number {
    const known = keys.get(text)
    if (known === undefined) keys.set(text, keys.size)
    return known ?? keys.size - 1
  }

  function keep(number: number, page: Page): void {
    running.set(number, page)
    if (running.size <= MOST_RUNNING) return
    const [oldest] = running.keys()
    if (oldest !== undefined) running.delete(oldest)
  }

  /** A page that is there: the one that has just come, or a new one that is led there. */
  async function lead(to: Branch | null): Promise<Page> {
    const found = to && running.get(to.number)
    if (to && found) {
      running.delete(to.number)
      return found
    }
    count.runs += 1
    const page = createPage(core)
    const way: Branch[] = []
    for (let at = to; at; at = at.parent) way.push(at)
    for (const { step, outputs, view, looked } of way.reverse()) {
      const notes = new Map(looked)
      const again = await page.take(step.input, step.now, (key) => notes.get(key) ?? null)
      // which it may: what it does is a function of its history
      if (share(again.outputs) !== outputs || share(again.view) !== view)
        throw new Error('A page did something else than before')
    }
    return page
  }

  async function grow(parent: Branch | null, step: Step, notes: Notes): Promise<Branch> {
    const page = await lead(parent)
    const reaction = await page.take(step.input, step.now, notes)
    const branch: Branch = {
      number: branches.length,
      depth: (parent?.depth ?? 0) + 1,
      outputs: share(reaction.outputs),
      view: share(reaction.view),
      looked: share(reaction.looked),
      names: reaction.names,
      open: share(openAfter(parent?.open ?? [], step.input, reaction)),
      parent,
      step: share(step),
      children: new Map(),
    }
    branches.push(branch)
    count.histories += 1
    keep(branch.number, page)
    return branch
  }

  return {
    count,
    at: (number) => branches[number]!,
    follow(from, input, now, notes) {
      const parent = from === null ? null : branches[from]!
      const children = parent?.children ?? roots
      const key = keyOf(`${now} ${input}`)
      const known = children.get(key) ?? []
      const found = known.find(({ looked }) => isSame(looked, notes()))
      if (found) return found
      children.set(key, known)
      return grow(parent, { input: JSON.parse(input) as Input, now }, notes()).then((branch) => {
        known.push(branch)
        return branch
      })
    },
  }
}

/** Where the notes say the same as then, the page does the same. */
const isSame = (looked: Reaction['looked'], notes: Notes): boolean => looked.every(([key, text]) => notes(key) === text)

function openAfter(before: readonly OpenAsk[], input: Input, { outputs }: Reaction): OpenAsk[] {
  const left = before.filter(({ op }) => !('op' in input) || op !== input.op)
  const asked = outputs.flatMap((output) => (output.out === 'ask' ? [output] : []))
  const aborted = new Set(outputs.flatMap((output) => (output.out === 'abort' ? [output.op] : [])))
  return [...left, ...asked.map(({ out: _out, ...ask }) => ({ ...ask, isAborted: false }))].map((one) =>
    aborted.has(one.op) ? { ...one, isAborted: true } : one,
  )
}
