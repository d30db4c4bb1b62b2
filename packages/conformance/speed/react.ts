import { AuthProvider, Protected, useCan } from '@authchart/react'
import { useSelector } from '@xstate/react'
import { createElement, type FunctionComponent } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import type { Row } from './measure.ts'
import { perRenewal, READERS, type Mount } from './readers.ts'
import type { SpeedAuth } from './server.ts'

/** Mounts what `read` makes of an auth; it is told of each rendering. */
const mountBy =
  (read: (auth: SpeedAuth, rendered: () => void) => FunctionComponent): Mount =>
  async (auth, element) => {
    let renders = 0
    const Reader = read(auth, () => (renders += 1))
    const readers = Array.from({ length: READERS }, (_, key) => createElement(Reader, { key }))
    const root = createRoot(element)
    flushSync(() => root.render(createElement(AuthProvider, { auth }, readers)))
    return { renders: () => renders, element, unmount: () => root.unmount() }
  }

const bare = mountBy((auth, rendered) => () => {
  rendered()
  return useSelector(auth.actor, ({ context }) => context.session?.user) ? 'yes' : 'no'
})

const can = mountBy((_, rendered) => () => {
  rendered()
  return useCan('isAdmin') ? 'yes' : 'no'
})

const guarded = mountBy((_, rendered) => () => {
  rendered()
  return createElement(Protected, { guard: 'isAdmin', fallback: 'no' }, 'yes')
})

export const reactRows: readonly Row[] = [
  {
    name: 'React: 1,000 useCan, per renewal',
    against: 'useSelector',
    goal: 2,
    measure: () => perRenewal({ ours: can, bare }),
  },
  {
    name: 'React: 1,000 <Protected>, per renewal',
    against: 'useSelector',
    goal: 2,
    measure: () => perRenewal({ ours: guarded, bare }),
  },
]
