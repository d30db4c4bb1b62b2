import { createAuthPlugin } from '@authchart/vue'
import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import {
  createApp,
  defineComponent,
  h,
  nextTick,
  onMounted,
  ref,
  resolveDirective,
  withDirectives,
  type VNode,
} from 'vue'
import { ann, createServer, createTestAuth, renew, signIn } from './server.ts'
import { show, shown } from './shown.ts'

const reader = { ...ann, role: 'reader' }
const can = (node: VNode, value?: unknown) => withDirectives(node, [[resolveDirective('can'), value]])
const button = (root: Element) => root.querySelector('button') as HTMLButtonElement

/** Seen and within reach, or neither. */
function look(element: HTMLElement): 'open' | 'closed' | 'in between' {
  const isSeen = getComputedStyle(element).display !== 'none'
  if (isSeen && !element.inert) return 'open'
  return !isSeen && element.inert ? 'closed' : 'in between'
}

test('an element is open where the guard says yes, and closed before, after and for every other user', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const seen: string[] = []
  const View = defineComponent(() => {
    onMounted(() => seen.push(look(button(document.body))))
    return () => can(h('button', 'delete'), 'isAdmin')
  })
  const { container } = await show(auth, View)
  expect(seen).toEqual(['closed'])

  await signIn(auth, server, reader)
  await nextTick()
  expect(look(button(container))).toBe('closed')

  await renew(auth, server, ann)
  await nextTick()
  expect(look(button(container))).toBe('open')

  void auth.signOut()
  await nextTick()
  expect(look(button(container))).toBe('closed')
})

test('v-can asks with the parameters it has now', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const post = ref({ authorId: '1' })
  const { container } = await show(auth, () => can(h('button', 'edit'), ['canEdit', post.value]))
  expect(look(button(container))).toBe('open')

  post.value = { authorId: '2' }
  await nextTick()
  expect(look(button(container))).toBe('closed')

  post.value = { authorId: '1' }
  await nextTick()
  expect(look(button(container))).toBe('open')
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty name', ''],
  ['an empty list', []],
  ['a guard that does not exist', 'isAdmn'],
  ['a name that every object has', 'toString'],
])('v-can is closed to every user when it is given %s [K7b]', async (_, value) => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)

  const { container } = await show(auth, () => can(h('button', 'edit'), value))

  expect(look(button(container))).toBe('closed')
})

test('v-can is closed to every user when its guard throws, and the app hears of that [K7b]', async () => {
  const report = vi.spyOn(globalThis, 'reportError').mockImplementation(() => {})
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)

  const { container } = await show(auth, () => can(h('button', 'edit'), ['canEdit', null]))

  expect(look(button(container))).toBe('closed')
  expect(report).toHaveBeenCalledWith(expect.any(TypeError))
  report.mockRestore()
})

test('neither a class nor a style of its own brings a closed element back, and its own style comes back with it', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const sheet = document.createElement('style')
  sheet.textContent = '.shown { display: grid !important }'
  const style = ref<unknown>({ display: 'inline-flex', color: 'red' })
  const { container } = await show(auth, () =>
    can(h('button', { class: 'shown', style: style.value as string }, 'delete'), 'isAdmin'),
  )
  container.append(sheet)
  expect(look(button(container))).toBe('closed')

  for (const next of ['display: block; color: blue', { display: 'flex' }, null, { display: 'inline-flex' }]) {
    style.value = next
    await nextTick()
    expect(look(button(container))).toBe('closed')
  }

  await signIn(auth, server)
  await nextTick()
  expect(look(button(container))).toBe('open')
  expect(button(container).getAttribute('style')).toBe('display: inline-flex;')
})

test('a closed control is reached neither by keyboard nor by mouse', async () => {
  const auth = createTestAuth(createServer())
  const pressed = vi.fn<() => void>()
  const { container } = await show(auth, () => [
    h('form', { onSubmit: (event: Event) => (event.preventDefault(), pressed()) }, [
      h('input'),
      can(h('button', { style: 'display: block', onClick: pressed }, 'delete'), 'isAdmin'),
    ]),
  ])
  container.querySelector('input')?.focus()

  await userEvent.keyboard('{Enter}')
  expect(pressed).not.toHaveBeenCalled()
  await userEvent.tab()
  button(container).focus()

  expect(document.activeElement).not.toBe(button(container))
  expect(pressed).not.toHaveBeenCalled()
})

test('in a list that is turned around and cut, each element follows its own guard', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const authors = ref(['1', '2', '3'])
  const { container } = await show(auth, () =>
    authors.value.map((authorId) => can(h('button', { key: authorId }, authorId), ['canEdit', { authorId }])),
  )
  const open = () => [...container.querySelectorAll('button')].map((el) => `${el.textContent} ${look(el)}`)
  expect(open()).toEqual(['1 open', '2 closed', '3 closed'])

  authors.value = ['3', '1', '4']
  await nextTick()

  expect(open()).toEqual(['3 closed', '1 open', '4 closed'])
  expect(auth.listeners()).toBe(3)
})

test('an element that is gone listens no more', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const isThere = ref(true)
  const screen = await show(auth, () => (isThere.value ? can(h('button', 'delete'), 'isAdmin') : 'gone'))
  expect(auth.listeners()).toBe(1)

  isThere.value = false

  expect(await shown(screen)).toBe('gone')
  expect(auth.listeners()).toBe(0)
})

test('two apps with two auths have a directive each', async () => {
  const server = createServer()
  const [ours, theirs] = [createTestAuth(server), createTestAuth(server)]
  await signIn(ours, server)
  const looks = [ours, theirs].map((auth) => {
    const root = document.body.appendChild(document.createElement('div'))
    const app = createApp(() => can(h('button', 'delete'), 'isAdmin')).use(createAuthPlugin(auth))
    app.mount(root)
    const answer = look(button(root))
    app.unmount()
    root.remove()
    return answer
  })

  expect(looks).toEqual(['open', 'closed'])
})
