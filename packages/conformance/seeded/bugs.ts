/** Bugs that the suite has to notice. Each is one change of a source, by a text that stands there exactly once. */
export interface Bug {
  readonly name: string
  /** Within packages/core/src. */
  readonly file: string
  /** Short, and once in the file: a change of the source nearby should not lose it. */
  readonly from: string
  readonly to: string
  /** A fast test file that is said to kill it, within packages. */
  readonly killer: string
}

export const bugs: readonly Bug[] = [
  {
    name: 'the end of a session is not heard',
    file: 'machine/authenticated.ts',
    from: `'session.ended': {`,
    to: `'session.aged': {`,
    killer: 'conformance/test/core.test.ts',
  },
  {
    name: 'the storage is not cleared on sign-out',
    file: 'create-world.ts',
    from: 'endStored(isMeant, null)',
    to: 'endStored(() => false, null)',
    killer: 'core/test/sign-out.test.ts',
  },
  {
    name: 'a page that is left right after a sign-out leaves no word of it',
    file: 'create-world.ts',
    from: 'tombstones.bury(id)',
    to: 'void id',
    killer: 'core/test/signing-out-page.test.ts',
  },
  {
    name: 'refreshing is shown as authenticated',
    file: 'state.ts',
    from: `=== 'refreshing' ? 'refreshing'`,
    to: `=== 'refreshing' ? 'authenticated'`,
    killer: 'core/test/broker.test.ts',
  },
  {
    name: 'hints of other tabs are not listened to',
    file: 'effects/tabs.ts',
    from: 'tabs.open(place, look)',
    to: 'tabs.open(place, () => {})',
    killer: 'core/test/tabs.test.ts',
  },
  {
    name: 'a lost answer counts as a refusal',
    file: 'classify.ts',
    from: `? 'deferred' : 'unknown'\n}`,
    to: `? 'deferred' : 'refused'\n}`,
    killer: 'core/test/broker-errors.test.ts',
  },
  {
    name: 'a token that may be spent is sent again',
    file: 'broker.ts',
    from: `stored.marked && client.replay !== 'tolerated'`,
    to: `stored.marked && client.replay === 'tolerated'`,
    killer: 'core/test/broker.test.ts',
  },
  {
    name: 'a token is spent without a mark',
    file: 'broker.ts',
    from: 'persistence.replace(stored.revision, held, true)',
    to: 'persistence.replace(stored.revision, held, false)',
    killer: 'core/test/broker.test.ts',
  },
  {
    name: 'the record is not read again under the lock',
    file: 'broker.ts',
    from: `if (observe(stored)) return { type: 'settled' }`,
    to: '',
    killer: 'conformance/test/server.test.ts',
  },
  {
    name: 'a renewal takes no lock',
    file: 'create-world.ts',
    from: 'tabs.lock(place, work)',
    to: 'work()',
    killer: 'core/test/tabs.test.ts',
  },
  {
    name: 'new tokens of another user are used',
    file: 'broker.ts',
    from: 'if (isSomebodyElse(held, next, rules)) return',
    to: 'if (false) return',
    killer: 'core/test/identity.test.ts',
  },
  {
    name: 'new tokens that came too late are not revoked',
    file: 'create-world.ts',
    from: 'onStale: (held) => void tell(held)',
    to: 'onStale: () => {}',
    killer: 'core/test/broker.test.ts',
  },
  {
    name: 'a renewal after a failure may come at once',
    file: 'broker.ts',
    from: 'longest * (1 + (',
    to: 'longest * 2 * ((',
    killer: 'core/test/broker-pauses.test.ts',
  },
  {
    name: 'the server’s word on when to come back is not heard',
    file: 'broker.ts',
    from: '(error.retryAfter ?? 0) * 1000',
    to: '0',
    killer: 'core/test/broker-pauses.test.ts',
  },
  {
    name: 'a token that is over on arrival is renewed by a timer for ever',
    file: 'session.ts',
    from: 'lifetime < SHORTEST_TIMED',
    to: 'lifetime < 0',
    killer: 'core/test/time.test.ts',
  },
  {
    name: 'the end of a token that nothing renews is not reported',
    file: 'effects/expiry.ts',
    from: `if (isOver) sendBack({ type: 'expiry.reached' })`,
    to: '',
    killer: 'core/test/time.test.ts',
  },
  {
    name: 'a cancelled sign-in signs in when its answer comes late',
    file: 'machine/authenticating.ts',
    from: 'cancel: fallBack,',
    to: '',
    killer: 'core/test/commands.test.ts',
  },
  {
    name: 'a failed switch of user signs out the user who was signed in',
    file: 'machine/transitions.ts',
    from: `{ guard: 'isSessionHeld', target: '#auth.authenticated', actions: [noteError] },`,
    to: '',
    killer: 'core/test/switching.test.ts',
  },
  {
    name: 'a guard opens for a user that only the storage knows',
    file: 'guards.ts',
    from: 'if (!session?.confirmed) return false',
    to: 'if (!session) return false',
    killer: 'core/test/guards.test.ts',
  },
  {
    name: 'a role that is missing opens a guard',
    file: 'guards.ts',
    from: `typeof name === 'string' &&`,
    to: `name !== null &&`,
    killer: 'core/test/options.test.ts',
  },
  {
    name: 'credentials travel in the event',
    file: 'auth.ts',
    from: 'send({ type: method, attempt })',
    to: 'send({ type: method, attempt, input } as never)',
    killer: 'core/test/secrets.test.ts',
  },
  {
    name: 'destroy leaves promises hanging',
    file: 'auth.ts',
    from: 'world.destroy()\n      tellWaiters(actor.getSnapshot())',
    to: 'world.destroy()',
    killer: 'core/test/lifecycle.test.ts',
  },
  {
    name: 'requests after a sign-out still carry the token',
    file: 'create-world.ts',
    from: 'const held = vault.take()',
    to: 'const { held } = vault',
    killer: 'core/test/sign-out.test.ts',
  },
  {
    name: 'the token goes to origins that are not allowed',
    file: 'fetch.ts',
    from: 'if (!origin || !allowedOrigins.includes(origin)) return',
    to: 'if (!origin) return',
    killer: 'core/test/fetch-origins.test.ts',
  },
  {
    name: 'a request of one user goes out with the token of the next',
    file: 'current.ts',
    from: '!now || !isSameOwner(before, now, rules)',
    to: '!now',
    killer: 'core/test/evidence.test.ts',
  },
  {
    name: 'the way back leads to another site',
    file: 'redirect.ts',
    from: 'const isOurs = url.href',
    to: 'const isOurs = true || url.href',
    killer: 'core/test/redirect.test.ts',
  },
]
