/** How a user, or the world around them, makes each event of the chart happen on a page of an example app. */
import type { BrowserContext, Page } from 'playwright'
import type { ExampleServer } from '@authchart/example-server'
import { expect } from 'vitest'
import type { Step } from '../src/chart.ts'
import { isHeld, type Expected } from '../src/promises.ts'
import { expectPlace, expectText } from './stage.ts'

interface Person {
  readonly email: string
  readonly password: string
  readonly name: string
}

const MINUTE = 60_000
const paths = {
  signIn: '*/auth/email/signin',
  signUp: '*/auth/email/signup',
  refresh: '*/auth/refresh',
  signOut: '*/auth/signout',
  me: '*/auth/me',
}

export interface AppDriver {
  readonly page: Page
  take(step: Step, ahead: readonly Step[], before: Expected): Promise<void>
  /** Who should be on the screen when a user is signed in. */
  readonly who: () => string
}

export async function createAppDriver(context: BrowserContext, server: ExampleServer, url: string): Promise<AppDriver> {
  const { control, users } = server
  const page = await context.newPage()
  const holds = new Map<keyof typeof paths, string>()
  /** Whose session it is, or was. */
  let who: Person = users.user
  /** Who signs in when the answer comes. */
  let candidate: Person = users.user
  let newcomers = 0

  const hold = (name: keyof typeof paths): void => {
    holds.set(name, control.addFault({ kind: 'hold', path: paths[name] }))
  }
  const release = (...names: (keyof typeof paths)[]): void => {
    for (const name of names) {
      const id = holds.get(name)
      if (id) control.removeFault(id)
      holds.delete(name)
    }
  }
  const signOuts = (): number => control.stats().requests['POST /v1/auth/signout'] ?? 0
  const click = (id: string, on: Page = page) => on.getByTestId(id).click()
  const pass = (milliseconds: number) => context.clock.fastForward(milliseconds)

  async function submit(on: Page, person: Person, password = person.password): Promise<void> {
    const toSignIn = on.getByTestId('mode-sign-in')
    if (await toSignIn.isVisible()) await toSignIn.click()
    await on.getByTestId('email').fill(person.email)
    await on.getByTestId('password').fill(password)
    await click('submit', on)
  }

  /** A second tab comes, does something and is closed. */
  async function elsewhere(act: (other: Page) => Promise<void>): Promise<void> {
    const other = await context.newPage()
    await other.goto(url)
    await act(other)
    await other.close()
  }
  const signInElsewhere = (person: Person) =>
    elsewhere(async (other) => {
      await submit(other, person)
      await expectPlace(other, 'authenticated.fresh')
      who = person
    })
  const renewElsewhere = async (other: Page, place: string): Promise<void> => {
    await expectPlace(other, 'authenticated.fresh')
    await click('command-refresh', other)
    await expectPlace(other, place)
  }

  /** What will be the answer to what is submitted now. */
  const outcomeIn = (ahead: readonly Step[]): string =>
    ahead.find(({ label }) => label.startsWith('authenticate.') || label === 'cancel' || label === 'signOut')?.label ??
    ''

  const actions: Readonly<Record<string, (ahead: readonly Step[], before: Expected) => Promise<unknown> | void>> = {
    'restore.empty': () => page.goto(url),
    async 'restore.found'() {
      await signInElsewhere(users.user)
      hold('me')
      await page.goto(url)
    },
    async 'restore.found, spent by a tab that died'() {
      await signInElsewhere(users.user)
      control.addFault({ kind: 'drop-next', path: paths.refresh })
      await elsewhere((other) => renewElsewhere(other, 'authenticated.indeterminate'))
      hold('me')
      await page.goto(url)
    },
    async 'restore.ended'() {
      await signInElsewhere(users.user)
      control.updateUser(who.email, { endSessions: true })
      await elsewhere((other) => expectPlace(other, 'expired')) // it asks who is signed in, and hears
      await page.goto(url)
    },
    async signIn(ahead) {
      hold('signIn')
      const outcome = outcomeIn(ahead)
      candidate = outcome === 'authenticate.challenged' ? users.mfa : users.user
      await submit(page, candidate, outcome.endsWith('invalid-credentials') ? 'Wrong-demo-1!' : candidate.password)
    },
    async signUp() {
      hold('signUp')
      newcomers += 1
      candidate = { email: `new${newcomers}@demo.test`, password: 'New-demo-1!', name: `Nina ${newcomers}` }
      await click('mode-sign-up')
      await page.getByTestId('name').fill(candidate.name)
      await page.getByTestId('email').fill(candidate.email)
      await page.getByTestId('password').fill(candidate.password)
      await click('submit')
    },
    async answerChallenge(ahead) {
      hold('signIn')
      control.advance(60) // a code is good once
      const isWrong = outcomeIn(ahead).endsWith('invalid-code')
      await page.getByTestId('code').fill(isWrong ? '000000' : control.totp(users.mfa.email))
      await click('submit-code')
    },
    async cancel() {
      const isAsked = holds.has('signIn') || holds.has('signUp')
      const before = signOuts()
      await page.getByTestId('cancel').first().click()
      release('signIn', 'signUp')
      // what is granted all the same is revoked: not in the place of a sign-out that is to be held later
      if (isAsked) await expect.poll(signOuts).toBe(before + 1)
    },
    async signOut(_ahead, before) {
      if (isHeld(before)) hold('signOut')
      await click('command-signOut')
      release('signIn', 'signUp', 'refresh')
    },
    async refresh() {
      hold('refresh')
      await click('command-refresh')
    },
    dismiss: () => click('dismiss'),
    'authenticate.granted'() {
      who = candidate
      release('signIn', 'signUp')
    },
    'authenticate.challenged': () => release('signIn'),
    'authenticate.failed: invalid-credentials': () => release('signIn'),
    'authenticate.failed: invalid-code': () => release('signIn'),
    'authenticate.failed: account-locked'() {
      control.addFault({ kind: 'status', code: 'auth/account-locked', path: paths.signIn })
      release('signIn')
    },
    'challenge.lapsed': () => pass(5 * MINUTE),
    async 'expiry.due'() {
      hold('refresh')
      await pass(37 * MINUTE)
    },
    'expiry.reached after a lost renewal': () => pass(61 * MINUTE),
    'session.renewed': () => release('refresh'),
    'session.confirmed': () => release('me'),
    'session.ended: refused'() {
      control.updateUser(who.email, { endSessions: true })
      release('refresh')
    },
    'refresh.deferred'() {
      control.addFault({ kind: 'status', status: 503, path: paths.refresh })
      release('refresh')
    },
    'refresh.lost'() {
      control.addFault({ kind: 'drop-next', path: paths.refresh })
      release('refresh')
    },
    async 'retry.due'() {
      hold('refresh')
      await pass(MINUTE)
    },
    'revoke.settled': () => release('signOut'),
    'tabs.signedIn': () => signInElsewhere(users.editor),
    'tabs.signedOut': () =>
      elsewhere(async (other) => {
        await expectPlace(other, 'authenticated.fresh')
        await click('command-signOut', other)
        await expectPlace(other, 'signedOut')
      }),
    async 'session.ended in another tab'() {
      control.updateUser(who.email, { endSessions: true })
      await elsewhere(async (other) => {
        await expectPlace(other, 'expired') // it asks who is signed in, and hears
        // a tab that is closed before it has told another one is another story
        await expect.poll(() => page.getByTestId('user-name').count()).toBe(0)
      })
    },
    'session.renewed by another tab': () =>
      elsewhere(async (other) => {
        const before = Number(await page.getByTestId('generation').textContent())
        await renewElsewhere(other, 'authenticated.fresh')
        await expectText(page, 'generation', String(before + 1))
      }),
  }

  return {
    page,
    who: () => who.name,
    async take(step, ahead, before) {
      const action = actions[step.label]
      if (!action) throw new Error(`The driver does not know how to make "${step.label}" happen on a page`)
      await action(ahead, before)
    },
  }
}
