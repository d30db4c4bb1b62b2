import { Can, createAuthPlugin, Protected, useAuth, useAuthState, useCan, useUser } from '@authchart/vue'
import { createApp, defineComponent, h, resolveDirective, withDirectives, type Component } from 'vue'
import type { Driver } from '../driver.ts'
import type { TestAuth, User } from '../world.ts'
import { commandNames, pageDriver, run, textsOf } from './page.ts'

/** A page of Vue components. Whatever asks the guard `member` has to say the same as what only members see. */
export function vueDriver(): Driver {
  let element: HTMLElement | null = null
  const driver = pageDriver((auth, own, onCommand) => {
    element = own
    const app = createApp(page(onCommand)).use(createAuthPlugin(auth))
    app.mount(own)
    return () => app.unmount()
  })
  return {
    ...driver,
    view() {
      const view = driver.view()
      const control = element?.querySelector<HTMLElement>('[data-id="control"]')
      const isWithinReach = control?.inert === false && getComputedStyle(control).display !== 'none'
      const answers = [isWithinReach, element?.querySelector('[data-id="can"]') !== null]
      if (answers.every((answer) => answer === (view.membersOnly === 'shown'))) return view
      return { ...view, membersOnly: `${view.membersOnly}, but v-can and Can say ${answers.join()}` as 'closed' }
    },
  }
}

const output = (id: string, content: unknown) => h('output', { 'data-id': id }, [content as string])
const gate = (props: Record<string, unknown>) =>
  h(Protected as Component, props, { default: () => 'shown', pending: () => 'pending', fallback: () => 'closed' })

const page = (onCommand: (answer: unknown) => void) =>
  defineComponent(() => {
    // the bare composables know no user type here; a test of the types has its own program
    const auth = useAuth() as unknown as TestAuth
    const state = useAuthState()
    const user = useUser()
    const isMember = useCan('member')
    const vCan = resolveDirective('can')
    return () => [
      ...Object.entries(textsOf(state.value as ReturnType<TestAuth['getState']>)).map(([id, text]) => output(id, text)),
      output('user', (user.value as User | null)?.name ?? ''),
      output('member', isMember.value ? 'yes' : 'no'),
      h(Can as Component, { guard: 'member' }, { default: () => output('can', 'yes') }),
      withDirectives(output('control', 'yes'), [[vCan, 'member']]),
      output('protected', gate({})),
      output('membersOnly', gate({ guard: 'member' })),
      ...commandNames.map((name) =>
        h('button', { type: 'button', 'data-id': `button ${name}`, onClick: () => onCommand(run(auth, name)) }, name),
      ),
    ]
  })
