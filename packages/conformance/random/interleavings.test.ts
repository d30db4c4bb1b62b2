/**
 * Refresh, sign-out, sign-in and user switch, all at once: fast-check's scheduler decides, at every storage operation,
 * lock, hint, request and answer, who goes on; the eleven invariants of faults.md hold after every one of its steps.
 * `RANDOM_RUNS=10` makes ten times as many, `RANDOM_SEED` (with `RANDOM_PATH`, from a failure's report) tells one again.
 */
import { drain } from '@authchart/core/testing'
import fc, { type Scheduler } from 'fast-check'
import { expect, test } from 'vitest'
import { boot, perform, type Command } from './commands.ts'
import { stories, type Story } from './interleavings.ts'
import { watchedSimulation, type Watched } from './invariants.ts'
import { createMeetings } from './meetings.ts'
import { campaign } from './runs.ts'

const MINUTE = 60_000
/** By how long the story begins after the sign-in. */
const AGES = { none: 0, fresh: 1, due: 40, over: 61, ended: 0 }
/** More steps than this, and the pages keep each other busy. */
const MOST_STEPS = 1000

async function settle(sim: Watched, { tabs, session }: Story): Promise<void> {
  for (let tab = 0; tab < tabs; tab += 1) boot(sim)
  if (session !== 'none') await perform(sim, { do: 'signIn', page: 0, as: 'ann', with: 'password' })
  if (session === 'ended') {
    await perform(sim, { do: 'endSessions', of: 'ann' })
    await perform(sim, { do: 'refresh', page: 0 })
  }
  await drain()
  await sim.check()
}

/** Something is cut off or lost, and not only said to the wrong user. */
const isRough = (command: Command): boolean =>
  command.do === 'fault'
    ? command.kind !== 'someoneElse'
    : ['kill', 'reload', 'destroy', 'advance'].includes(command.do)

const tell = (command: Command): string => Object.values(command).join(' ')

test('the eleven invariants hold after every step, in whatever order the tabs go on', async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  const meetings = createMeetings()
  const parameters = campaign(5000)

  /** Between two steps everything settles that has not to wait for its turn. */
  async function play(story: Story, s: Scheduler): Promise<void> {
    let isScheduled = false
    const sim = watchedSimulation(story.setup, {
      async turn(page, what) {
        if (isScheduled) await s.schedule(Promise.resolve(), `page ${page.number} ${what}`)
        // nothing goes on in a page that was killed meanwhile; what has left it arrives
        if (!page.isAlive && !what.endsWith(' arrives')) await new Promise(() => {})
      },
    })
    const begun: Promise<void>[] = []
    const begin = (command: Command): void => void begun.push(perform(sim, command))
    const beginLater = (command: Command): void =>
      void s.schedule(Promise.resolve(), tell(command)).then(() => begin(command))
    const asked = new Set<unknown>()
    const answerChallenges = (): void => {
      for (const [page, { auth }] of sim.pages.entries()) {
        const { context } = auth.actor.getSnapshot()
        if (context.challenge === null || asked.has(context.challenge)) continue
        asked.add(context.challenge)
        beginLater({ do: 'answer', page, right: true })
      }
    }
    await settle(sim, story)
    if (story.isBooting) for (const page of sim.pages) sim.kill(page)

    isScheduled = true
    await sim.sleep(AGES[story.session] * MINUTE)
    if (story.isBooting) for (let tab = 0; tab < story.tabs; tab += 1) boot(sim)
    for (const command of story.later) beginLater(command)
    for (const command of story.atOnce) begin(command)
    const met = meetings.beginRun()
    let steps = 0
    for (; ; steps += 1) {
      await drain()
      await Promise.all(begun)
      answerChallenges()
      met.look(sim)
      await sim.check()
      if (s.count() === 0) break
      if (steps === MOST_STEPS) throw new Error('The pages are busy with each other')
      await s.waitNext(1)
    }
    isScheduled = false
    const all = [...story.atOnce, ...story.later]
    const isPeaceful = !all.some(isRough)
    if (isPeaceful) sim.checkPeace()
    const noneSignedOut =
      ['fresh', 'due', 'over'].includes(story.session) &&
      !all.some(({ do: what }) => ['signOut', 'fault'].includes(what))
    await sim.finish(isPeaceful && noneSignedOut)
    met.end(sim, steps)
  }

  try {
    await fc.assert(
      fc.asyncProperty(stories, fc.scheduler(), async (story, s) => {
        unhandled.length = 0
        await play(story, s)
        expect(unhandled).toEqual([])
      }),
      parameters,
    )
    console.log(`interleavings: ${parameters.numRuns} runs from seed ${parameters.seed}, ${meetings.tell()}`)
    if (parameters.path === undefined) expect(meetings.rarest()).toBeGreaterThan(parameters.numRuns / 100)
  } finally {
    process.off('unhandledRejection', note)
  }
})
