import { hasRole } from '@authchart/core'
import { useAuth, useAuthState } from '@authchart/vue'
import { withTestAuth } from '@authchart/vue/testing'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-vue'
import { defineComponent, h, resolveDirective, withDirectives, type Component } from 'vue'

const ann = { id: '1', name: 'Ann', role: 'admin' }
const decorate = withTestAuth({ user: ann, guards: { isAdmin: hasRole('admin') } })

const Door = defineComponent(() => {
  const { signOut } = useAuth()
  const state = useAuthState()
  return () => {
    const can = resolveDirective('can')
    const { status, user } = state.value
    const name = (user as typeof ann | null)?.name ?? ''
    return h('button', { type: 'button', onClick: () => void signOut() }, [
      `${status} ${name}`,
      can && withDirectives(h('i', ' admin'), [[can, 'isAdmin']]),
    ])
  }
})

/** As Storybook puts a decorator around a story. */
const storyOf = (parameters: Record<string, unknown>): Component => ({
  ...(decorate(() => Door, { parameters }) as object),
  components: { story: Door },
})

const statuses = [
  ['restoring', 'restoring'],
  ['anonymous', 'anonymous'],
  ['authenticating', 'authenticating'],
  ['challenged', 'challenged'],
  ['authenticated', 'authenticated Ann admin'],
  ['refreshing', 'refreshing Ann admin'],
  ['expired', 'expired'],
  ['signingOut', 'signingOut'],
  ['signedOut', 'signedOut'],
] as const

test.each(statuses)('a story in the status %s shows its component so', async (status, text) => {
  const screen = await render(storyOf({ auth: { status } }))
  expect((screen.container as HTMLElement).innerText.trim()).toBe(text)
})

test('a story without a parameter has the defaults, and its commands work', async () => {
  const screen = await render(storyOf({}))
  await screen.getByRole('button').click()
  await expect.element(screen.getByRole('button', { name: 'signedOut' })).toBeInTheDocument()
})
