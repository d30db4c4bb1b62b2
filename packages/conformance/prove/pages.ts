/**
 * Every history of one page that was ever needed, as a tree: a page in a state of the world is a place in it. The code runs
 * once for each history and not once for each schedule; running it again for a longer one has to give the same as before.
 */
import type * as Core from '@authchart/core'
import { createPage, type Page, type Reaction } from './page.ts'
import type { Ask, Input, Output, View } from './words.ts'

/** A page after some history. */
export interface Place {
  readonly number: number
  readonly depth: number
  readonly outputs: readonly Output[]
  readonly view: View
  readonly hasReadTwin: boolean
  /** How many names it has met. */
  readonly names: number
  /** What it waits for; `isAborted`: it does so no longer. */
  readonly open: readonly OpenAsk[]
}

export type OpenAsk = Ask & { readonly op: number; readonly isAborted: boolean }

interface Step {
  readonly input: Input
  readonly now: number
  readonly twin: string | null
}

interface Branch extends Place {
  readonly parent: Branch | null
  readonly step: Step
  readonly children: Map<number, Fork>
}

/** What follows from one input; it may depend on the note beside the record. */
interface Fork {
  readonly looksAtTwin: boolean
  readonly by: Map<string | null, Branch>
}

export interface Pages {
  readonly at: (number: number) => Place
  /** How often a page was run from its beginning, and how many histories there are. */
  readonly count: { runs: number; histories: number }
  /** Where this leads. `twin`: what is written there, in the names of the page; asked only where it matters. */
  readonly follow: (
    from: number | null,
    input: string,
    now: number,
    twin: () => string | null,
  ) => Place | Promise<Place>
}

/** Pages that are kept running, to go on with. */
const MOST_RUNNING = 20

export function createPages(core: typeof Core): Pages {
  const branches: Branch[] = []
  const roots = new Map<number, Fork>()
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
    for (const { step, outputs, view } of way.reverse()) {
      const again = await page.take(step.input, step.now, step.twin)
      // which it may: what it does is a function of its history
      if (share(again.outputs) !== outputs || share(again.view) !== view)
        throw new Error('A page did something else than before')
    }
    return page
  }

  async function grow(parent: Branch | null, step: Step): Promise<Branch> {
    const page = await lead(parent)
    const reaction = await page.take(step.input, step.now, step.twin)
    const branch: Branch = {
      number: branches.length,
      depth: (parent?.depth ?? 0) + 1,
      outputs: share(reaction.outputs),
      view: share(reaction.view),
      hasReadTwin: reaction.hasReadTwin,
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
    follow(from, input, now, twin) {
      const parent = from === null ? null : branches[from]!
      const children = parent?.children ?? roots
      const key = keyOf(`${now} ${input}`)
      const known = children.get(key)
      const found = known?.by.get(known.looksAtTwin ? twin() : null)
      if (found) return found
      const beside = twin()
      return grow(parent, { input: JSON.parse(input) as Input, now, twin: beside }).then((branch) => {
        const fork = known ?? { looksAtTwin: branch.hasReadTwin, by: new Map<string | null, Branch>() }
        children.set(key, fork)
        fork.by.set(fork.looksAtTwin ? beside : null, branch)
        return branch
      })
    },
  }
}

function openAfter(before: readonly OpenAsk[], input: Input, { outputs }: Reaction): OpenAsk[] {
  const left = before.filter(({ op }) => !('op' in input) || op !== input.op)
  const asked = outputs.flatMap((output) => (output.out === 'ask' ? [output] : []))
  const aborted = new Set(outputs.flatMap((output) => (output.out === 'abort' ? [output.op] : [])))
  return [...left, ...asked.map(({ out: _out, ...ask }) => ({ ...ask, isAborted: false }))].map((one) =>
    aborted.has(one.op) ? { ...one, isAborted: true } : one,
  )
}
