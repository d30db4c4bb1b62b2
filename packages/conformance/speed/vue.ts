import { createAuthPlugin, Protected, useCan } from '@authchart/vue'
import { useSelector } from '@xstate/vue'
import { createApp, createTextVNode, defineComponent, h, type VNodeChild } from 'vue'
import type { Row } from './measure.ts'
import { perRenewal, READERS, type Mount } from './readers.ts'
import type { SpeedAuth } from './server.ts'

/** Mounts what `read` makes of an auth in setup: it gives what to render. */
const mountBy =
  (read: (auth: SpeedAuth) => () => VNodeChild): Mount =>
  async (auth, element) => {
    let renders = 0
    const Reader = defineComponent(() => {
      const render = read(auth)
      return () => {
        renders += 1
        return render()
      }
    })
    const app = createApp(() => Array.from({ length: READERS }, (_, key) => h(Reader, { key })))
    app.use(createAuthPlugin(auth)).mount(element)
    return { renders: () => renders, element, unmount: () => app.unmount() }
  }

const bare = mountBy((auth) => {
  const user = useSelector(auth.actor, ({ context }) => context.session?.user)
  return () => createTextVNode(user.value ? 'yes' : 'no')
})

const can = mountBy(() => {
  const isOpen = useCan('isAdmin')
  return () => createTextVNode(isOpen.value ? 'yes' : 'no')
})

const guarded = mountBy(() => () => h(Protected, { guard: 'isAdmin' }, { default: () => [createTextVNode('yes')] }))

export const vueRows: readonly Row[] = [
  {
    name: 'Vue: 1,000 useCan, per renewal',
    against: 'useSelector',
    goal: 2,
    measure: () => perRenewal({ ours: can, bare }),
  },
  {
    name: 'Vue: 1,000 <Protected>, per renewal',
    against: 'useSelector',
    goal: 2,
    measure: () => perRenewal({ ours: guarded, bare }),
  },
]
