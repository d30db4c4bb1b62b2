// @vitest-environment happy-dom
import { createTestAuth, type TestAuth } from '@authchart/core/testing'
import { createAuthPlugin } from '@authchart/vue'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { Component } from 'vue'
import type { Credentials, User } from '__BACKEND__'
import { guards } from './guards'
import Profile from './Profile.vue'
import SignInForm from './SignInForm.vue'

__USER__

type Kit = TestAuth<User, Credentials, typeof guards>

const show = (auth: Kit, screen: Component) => mount(screen, { global: { plugins: [createAuthPlugin(auth)] } })

test('a signed-in user sees their address until the sign-out in another tab', async () => {
  const auth = createTestAuth<User, Credentials, typeof guards>({ user, guards })
  const screen = show(auth, Profile)
  expect(screen.text()).toContain('Signed in as ann@example.com.')

  await auth.world.signOutElsewhere()
  await flushPromises()
  expect(screen.text()).toBe('')
})

test('a wrong password is said in the form, and typed anew', async () => {
  const auth = createTestAuth<User, Credentials, typeof guards>({ status: 'anonymous', guards })
  const screen = show(auth, SignInForm)
  await screen.get('[name=email]').setValue('ann@example.com')
  await screen.get('[name=password]').setValue('wrong')
  await screen.get('form').trigger('submit')
  await flushPromises()

  expect(screen.text()).toContain('The e-mail or the password is wrong.')
  expect(screen.get<HTMLInputElement>('[name=password]').element.value).toBe('')
})
