import { describe, expect, it } from 'vitest'
import { ann, DAY, drain, HOUR, MINUTE, openTab, refreshing, watch } from './support.ts'

describe('a wall clock that is put forward and back', () => {
  it('a wall clock that is put forward and back does not end what nothing can renew before the server was asked [J5c]', async () => {
    const tab = openTab({ without: ['refresh'] })
    await tab.signIn()
    tab.clock.jump(DAY)
    tab.network.wake()
    await drain()
    expect(tab.client.next('getUser').input).toEqual({ accessToken: 'access-1' })
    tab.clock.jump(-DAY)
    tab.network.wake()
    await drain()
    tab.client.next('getUser').fail('network')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
    expect(await tab.auth.getAccessToken()).toBe('access-1')
  })

  it('a wall clock that is put forward and back and stays forward: a token that the server still takes counts by the other clock [J5c]', async () => {
    const tab = openTab({ without: ['refresh'] })
    await tab.signIn()
    tab.clock.advance(10 * MINUTE)
    tab.clock.jump(DAY)
    const asked = watch(tab.auth.getAccessToken())
    await drain()
    tab.client.next('getUser').answer(ann)
    await drain()
    expect([asked.value, tab.status()]).toEqual(['access-1', 'authenticated'])
    tab.clock.advance(50 * MINUTE)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'access-token-expired' })
  })

  it('a wall clock that is put forward and back ends what the server refuses [J5c]', async () => {
    const tab = openTab({ without: ['refresh'] })
    await tab.signIn()
    tab.clock.jump(DAY)
    tab.network.wake()
    await drain()
    tab.client.next('getUser').fail('session-expired')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'access-token-expired' })
  })

  it('a wall clock that is put forward and back does not end a session whose renewal was lost [J5d]', async () => {
    const tab = await refreshing()
    tab.client.next('refresh').fail('network')
    await drain()
    tab.clock.jump(HOUR)
    tab.network.wake()
    await drain()
    tab.clock.jump(-HOUR)
    tab.client.next('getUser').fail('network')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'indeterminate' })
  })

  it.each(['getAccessToken', 'fetch', 'reloadUser'] as const)(
    'a wall clock that is put forward and back does not keep %s from a token that the server still takes, where the renewal was lost [J5d]',
    async (command) => {
      const tab = await refreshing()
      tab.client.next('refresh').fail('network')
      await drain()
      tab.clock.jump(HOUR)
      const { auth, client } = tab
      const asked = watch<unknown>(command === 'fetch' ? auth.fetch('https://api.test/') : auth[command]())
      await drain()
      // is it over? and, of reloadUser, who is it?
      for (let questions = 0; questions < 2 && client.has('getUser'); questions += 1) {
        client.next('getUser').answer(ann)
        await drain()
      }
      expect([asked.now, auth.getState().user, client.spent]).toEqual(['resolved', ann, ['refresh-1']])
    },
  )
})
