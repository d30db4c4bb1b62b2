import { Can, createAuthPlugin, Protected, useAuthState, useCan, useUser } from '@authchart/vue'
import {
  createSSRApp,
  defineAsyncComponent,
  defineComponent,
  h,
  resolveDirective,
  Suspense,
  withDirectives,
  type App,
  type Component,
} from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createServer, createTestAuth, type TestAuth, type User } from '../server.ts'

/** A first state: nothing is known, no user is signed in, or this one is. */
export type Session = { readonly user: User } | null | undefined

export const authFor = (session: Session, server = createServer()): TestAuth =>
  createTestAuth(server, session === undefined ? {} : { initialSession: session })

const nameOf = (user: unknown): string => (user as User | null)?.name ?? 'nobody'

/** Everything the binding has, once. */
export const Everything = defineComponent(() => {
  const user = useUser()
  const state = useAuthState()
  const status = useAuthState(
    (now) => ({ word: now.status }),
    (a, b) => a.word === b.word,
  )
  const isAdmin = useCan('isAdmin')
  const vCan = resolveDirective('can')
  return () =>
    h('section', [
      h('p', [nameOf(user.value)]),
      h('p', [`${state.value.status} ${status.value.word} ${isAdmin.value ? 'admin' : 'no admin'}`]),
      h('p', [
        h(Protected, null, {
          default: () => h('b', 'open'),
          pending: () => 'pending',
          fallback: () => h('a', 'closed'),
        }),
      ]),
      h('p', [
        h(
          Protected,
          { guard: 'isAdmin' },
          { default: () => h('b', 'open'), pending: () => 'pending', fallback: () => h('a', 'closed') },
        ),
      ]),
      h('p', [h(Can, { guard: 'isAdmin' }, { default: () => h('b', 'can'), fallback: () => h('a', 'cannot') })]),
      withDirectives(h('button', { style: { display: 'inline-flex' } }, 'delete'), [[vCan, 'isAdmin']]),
    ])
})

/** One that takes its time on a server and in the browser. */
const Slow = (take: () => Promise<void>) =>
  defineComponent({
    async setup() {
      const early = useUser()
      const whole = useAuthState()
      await take()
      return () => h('i', [nameOf(early.value), ' ', whole.value.status, h(Everything)])
    },
  })

export interface Timing {
  /** How long the asynchronous setup takes. */
  readonly take?: () => Promise<void>
  /** When the component that hydrates late may do so. */
  readonly late?: Promise<void>
}

const views = {
  everything: () => Everything,
  suspense: ({ take = () => Promise.resolve() }: Timing) => {
    const Inner = Slow(take)
    return () => h(Suspense, null, { default: () => h(Inner), fallback: () => 'loading' })
  },
  late: ({ late = Promise.resolve() }: Timing) =>
    defineAsyncComponent({
      loader: () => Promise.resolve(Everything),
      hydrate: (hydrate) => void late.then(hydrate),
    }),
} satisfies Record<string, (timing: Timing) => Component>

export type View = keyof typeof views

/** The page as a server and a browser both make it. */
export function createPage(view: View, auth: TestAuth, timing: Timing = {}): App {
  const Inner = views[view](timing)
  return createSSRApp(() => h('main', [h(Everything), h(Inner)])).use(createAuthPlugin(auth))
}

/** What a server sends. */
export const renderPage = (view: View, session: Session): Promise<string> =>
  renderToString(createPage(view, authFor(session)))
