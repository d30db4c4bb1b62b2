import { createTestAuth, type TestAuthOptions } from '@authchart/core/testing'
import { defineComponent, getCurrentInstance, h, resolveComponent, type Component, type ConcreteComponent } from 'vue'
import { createAuthPlugin } from './plugin.ts'
import type { AcceptedAuth } from './register.ts'

type AnyTestAuthOptions = TestAuthOptions<unknown, unknown, Record<never, never>>

/** What a decorator of Storybook gets. */
interface StoryContext {
  readonly parameters: { readonly [name: string]: unknown }
}

/**
 * A decorator of Storybook: the story is rendered with a real auth, in the status that its parameter `auth` says. What the parameter
 * leaves out is taken from `defaults`. Each story has an auth of its own.
 *
 * @example
 * export default { component: Header, decorators: [withTestAuth({ user: { id: '1', name: 'Ann' } })] }
 * export const SignedIn = {}
 * export const SignedOut = { parameters: { auth: { status: 'signedOut' } } }
 */
export function withTestAuth<TUser>(
  defaults: TestAuthOptions<TUser, unknown, Record<never, never>> & { readonly guards?: unknown },
): (story: () => unknown, context: StoryContext) => ConcreteComponent {
  return (_, { parameters }) => {
    const own = parameters['auth'] as Partial<AnyTestAuthOptions> | undefined
    const options = { ...defaults, ...own } as AnyTestAuthOptions
    return defineComponent({
      setup() {
        const auth = createTestAuth(options) as AcceptedAuth
        // Storybook makes an app for each story
        getCurrentInstance()?.appContext.app.use(createAuthPlugin(auth))
        // the name under which Storybook hands the story to a decorator
        return () => h(resolveComponent('story') as Component)
      },
    })
  }
}
