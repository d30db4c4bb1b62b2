import { createTestAuth } from '@authchart/core/testing'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { QueryClient as VueQueryClient, useQuery as useVueQuery, VueQueryPlugin } from '@tanstack/vue-query'
import { AuthProvider, Protected } from '@authchart/react'
import { createRoot } from 'react-dom/client'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createApp, h } from 'vue'
import { forgetQueries } from './forget-queries.ts'
import { onUserChange } from './on-user-change.ts'

const users = { ann: { id: 'u1', name: 'Ann' }, bob: { id: 'u2', name: 'Bob' } }
type Name = keyof typeof users

/** Notes of the user who asks, from a server that answers when told. */
function notesOf(auth: { readonly getState: () => { readonly user: { readonly name: string } | null } }) {
  const waiting: (() => void)[] = []
  let isHeld = false
  const load = async (): Promise<string> => {
    const text = `notes of ${auth.getState().user?.name}`
    if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve))
    return text
  }
  return {
    load: vi.fn<() => Promise<string>>(load),
    hold: () => {
      isHeld = true
    },
    release: () => {
      isHeld = false
      for (const answer of waiting.splice(0)) answer()
    },
  }
}

const auths = () =>
  createTestAuth({
    user: users.ann,
    client: {
      signIn: async (credentials: unknown) => {
        const name = credentials as Name
        return { accessToken: name, refreshToken: name, user: users[name] }
      },
    },
  })

type TestAuth = ReturnType<typeof auths>
type Notes = ReturnType<typeof notesOf>
interface Page {
  readonly queries: QueryClient
  readonly element: HTMLElement
}

function openReact(auth: TestAuth, notes: Notes): Page {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } })
  onTestFinished(onUserChange(auth, () => forgetQueries(queries)))
  const element = document.createElement('div')
  const root = createRoot(element)
  onTestFinished(() => root.unmount())
  function Shown() {
    const { data } = useQuery({ queryKey: ['notes'], queryFn: notes.load })
    return data ?? 'loading'
  }
  root.render(
    <QueryClientProvider client={queries}>
      <AuthProvider auth={auth}>
        <Protected fallback="signed out">
          <Shown />
        </Protected>
      </AuthProvider>
    </QueryClientProvider>,
  )
  return { queries, element }
}

/** A page without a guard: its view stays when users come and go. */
function openVue(auth: TestAuth, notes: Notes): Page {
  const queries = new VueQueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } })
  onTestFinished(onUserChange(auth, () => forgetQueries(queries)))
  const element = document.createElement('div')
  const app = createApp({
    setup() {
      const { data } = useVueQuery({ queryKey: ['notes'], queryFn: notes.load })
      return () => h('p', data.value ?? 'loading')
    },
  })
  app.use(VueQueryPlugin, { queryClient: queries }).mount(element)
  onTestFinished(() => app.unmount())
  return { queries, element }
}

const pages = { React: openReact, Vue: openVue }

describe.each(['React', 'Vue'] as const)('TanStack Query in %s', (framework) => {
  async function open() {
    const auth = auths()
    const notes = notesOf(auth)
    const page = pages[framework](auth, notes)
    await expect.poll(() => page.element.textContent).toBe('notes of Ann')
    return { auth, notes, ...page }
  }

  test('TanStack Query shows nothing of the user before when another one signs in [W4]', async () => {
    const { auth, notes, element } = await open()
    const seen: string[] = []
    const observer = new MutationObserver(() => seen.push(`${auth.getState().user?.name}: ${element.textContent}`))
    observer.observe(element, { subtree: true, childList: true, characterData: true })
    notes.hold()
    await auth.signIn('bob')
    await expect.poll(() => element.textContent).toBe('loading')
    notes.release()
    await expect.poll(() => element.textContent).toBe('notes of Bob')
    observer.disconnect()
    expect(seen).not.toContain('Bob: notes of Ann')
  })

  test('TanStack Query does not keep an answer that was under way for the user before [W4]', async () => {
    const { auth, notes, queries, element } = await open()
    notes.hold()
    void queries.refetchQueries()
    await auth.signIn('bob')
    await expect.poll(() => notes.load.mock.calls.length).toBe(3)
    notes.release()
    await expect.poll(() => element.textContent).toBe('notes of Bob')
    expect(queries.getQueryData(['notes'])).toBe('notes of Bob')
  })

  test('TanStack Query forgets at a sign-out, and keeps what is loaded over a renewal and a sign-in of the same user [W4]', async () => {
    const { auth, notes, queries } = await open()
    await auth.refresh()
    await auth.signIn('ann')
    expect(queries.getQueryData(['notes'])).toBe('notes of Ann')
    expect(notes.load).toHaveBeenCalledTimes(1)

    await auth.signOut()
    expect(queries.getQueryData(['notes'])).not.toBe('notes of Ann')
  })
})

test('a view that closes with the session asks for nothing any more [W4]', async () => {
  const auth = auths()
  const notes = notesOf(auth)
  const { element, queries } = openReact(auth, notes)
  const refetch = vi.spyOn(queries, 'refetchQueries')
  await expect.poll(() => element.textContent).toBe('notes of Ann')
  await auth.signOut()
  await expect.poll(() => element.textContent).toBe('signed out')
  await expect.poll(() => refetch.mock.results.length).toBe(1)
  await refetch.mock.results[0]?.value
  expect(notes.load).toHaveBeenCalledTimes(1)
})
