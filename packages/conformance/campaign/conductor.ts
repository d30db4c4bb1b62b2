import type { BrowserContext, Page } from 'playwright'
import type {} from './page/conductor.ts' // what it puts on `window`
import type { Order, StoredState, Word } from './page/messages.ts'
import { defer, inTime } from './time.ts'

/** An order without what the conductor adds to it. */
export type Task = Without<Order>
type Without<T> = T extends Order ? Omit<T, 'id' | 'to'> : never

/** What can be given an order, and may be gone before the answer. */
export interface Listener {
  readonly name: string
  readonly gone: Promise<void>
}

/** The one page that is never killed, seen from outside the browser. */
export interface Conductor {
  /** Tells them all at once. They answer under that number. */
  readonly order: (to: readonly Listener[], task: Task) => { readonly id: number; readonly posted: Promise<void> }
  /** Null: it is gone. */
  readonly answer: (from: Listener, type: Word['type'], id: number) => Promise<Word | null>
  readonly hasAnswered: (from: Listener, type: Word['type'], id: number) => boolean
  /** Tells them all, and waits until each has answered or is gone. */
  readonly tell: (to: readonly Listener[], task: Task) => Promise<(Word | null)[]>
  /** What the library has stored. */
  readonly stored: () => Promise<StoredState | null>
  readonly signInNaively: (email: string, password: string) => Promise<number>
  /** What tabs complained about. */
  readonly warnings: () => readonly string[]
}

interface Expected {
  readonly word: Promise<Word>
  readonly resolve: (word: Word) => void
  isHere: boolean
}

const keyOf = (tab: string, type: string, id: number): string => `${tab} ${type} ${id}`

export async function openConductor(context: BrowserContext, site: string, api: string): Promise<Conductor> {
  const page: Page = context.pages()[0] ?? (await context.newPage())
  const expected = new Map<string, Expected>()
  const warnings: string[] = []
  let count = 0

  const expect = (tab: string, type: string, id: number): Expected => {
    const key = keyOf(tab, type, id)
    const known = expected.get(key)
    if (known) return known
    const { promise, resolve } = defer<Word>()
    const fresh: Expected = { word: promise, resolve, isHere: false }
    expected.set(key, fresh)
    return fresh
  }

  await page.exposeFunction('hear', (word: Word) => {
    if (word.type === 'warning') warnings.push(`${word.tab}: ${word.answer}`)
    const one = expect(word.tab, word.type, word.id)
    one.isHere = true
    one.resolve(word)
  })
  await page.goto(`${site}/conductor.html?api=${encodeURIComponent(api)}`)

  const conductor: Conductor = {
    order(to, task) {
      count += 1
      const order: Order = { ...task, id: count, to: to.map(({ name }) => name) }
      return { id: count, posted: page.evaluate((one) => window.conductor.order(one), order) }
    },
    async answer({ name, gone }, type, id) {
      const { word } = expect(name, type, id)
      const answer = await inTime(`${type} of ${name}`, Promise.race([word, gone.then(() => null)]))
      expected.delete(keyOf(name, type, id))
      return answer
    },
    hasAnswered: ({ name }, type, id) => expected.get(keyOf(name, type, id))?.isHere ?? false,
    async tell(to, task) {
      const { id, posted } = conductor.order(to, task)
      await posted
      return Promise.all(to.map((one) => conductor.answer(one, task.type, id)))
    },
    stored: () => page.evaluate(() => window.conductor.stored()),
    signInNaively: (email, password) =>
      page.evaluate((user) => window.conductor.signIn(user.email, user.password), { email, password }),
    warnings: () => warnings,
  }
  return conductor
}
