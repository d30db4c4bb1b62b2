/** What the test pages of the frameworks have in common: the ids of what they show, and the buttons. */
import { drain } from '@authchart/core/testing'
import type { Driver } from '../driver.ts'
import type { View } from '../promises.ts'
import { secret } from '../secrets.ts'
import { credentials, type TestAuth } from '../world.ts'

export const commandNames = ['signIn', 'signUp', 'answerChallenge', 'cancel', 'signOut', 'refresh', 'dismiss'] as const
export type CommandName = (typeof commandNames)[number]

/** What a page shows as text, by the id of its element. */
const shownIds = [
  'status',
  'user',
  'member',
  'renewal',
  'challenge',
  'error',
  'reason',
  'lastUser',
  'persistence',
] as const
type ShownId = (typeof shownIds)[number]

/** The state in the words that a page prints; absent is the empty text. */
export function textsOf(state: ReturnType<TestAuth['getState']>): Record<Exclude<ShownId, 'user' | 'member'>, string> {
  const challenge = state.status === 'challenged' ? state.challenge : null
  return {
    status: state.status,
    renewal: 'renewal' in state ? state.renewal : '',
    challenge: challenge ? challenge.kind + (challenge.verifying ? ', verifying' : '') : '',
    error: state.error?.code ?? '',
    reason: 'reason' in state ? state.reason : '',
    lastUser: state.status === 'expired' ? (state.lastUser?.name ?? '') : '',
    persistence: state.persistence,
  }
}

/** What a button of the page does. */
export function run(auth: TestAuth, name: CommandName): unknown {
  if (name === 'signIn' || name === 'signUp') return auth[name](credentials())
  if (name === 'answerChallenge') return auth.answerChallenge({ code: secret('code') })
  return auth[name]()
}

/** Clicks and reads a page that a framework renders into an element. */
export function pageDriver(
  render: (auth: TestAuth, element: HTMLElement, onCommand: (answer: unknown) => void) => () => void,
): Driver {
  const element = document.createElement('div')
  let answer: unknown
  let unmount = (): void => {}
  const find = (id: string): HTMLElement | null => element.querySelector(`[data-id="${id}"]`)
  const text = (id: ShownId): string | null => find(id)?.textContent || null
  const gate = (id: string): View['protected'] => (find(id)?.textContent ?? 'closed') as View['protected']
  return {
    async mount(auth) {
      document.body.append(element)
      unmount = render(auth, element, (next) => {
        answer = next
      })
      // a framework renders when it has time
      do await drain()
      while (!find('status'))
    },
    settle: drain,
    view: () => ({
      status: text('status') ?? '',
      user: text('user'),
      member: text('member') === 'yes',
      protected: gate('protected'),
      membersOnly: gate('membersOnly'),
      renewal: text('renewal'),
      challenge: text('challenge'),
      error: text('error'),
      reason: text('reason'),
      lastUser: text('lastUser'),
      persistence: text('persistence') ?? '',
    }),
    command(name) {
      answer = undefined
      const button = find(`button ${name}`)
      if (!button) throw new Error(`The page has no button ${name}`)
      button.click()
      return answer as Promise<unknown> | undefined
    },
    unmount() {
      unmount()
      element.remove()
    },
    screen: () => element.outerHTML,
  }
}
