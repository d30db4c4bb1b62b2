import type { TortureAdapter } from 'authchart/torture'
import { UserManager, WebStorageStateStore, type User } from 'oidc-client-ts'

const adapter: TortureAdapter = {
  name: 'oidc-client-ts',
  async open({ origin, fetch, storage }) {
    // it asks the global
    globalThis.fetch = fetch
    const manager = new UserManager({
      authority: origin,
      client_id: 'app',
      redirect_uri: 'https://app.test/',
      scope: 'openid',
      userStore: new WebStorageStateStore({ store: storage }),
      stateStore: new WebStorageStateStore({ store: storage }),
      automaticSilentRenew: true,
      revokeTokensOnSignout: true,
    })
    let renewal: Promise<User | null> | null = null
    const renew = (): Promise<User | null> => {
      renewal ??= manager.signinSilent().finally(() => {
        renewal = null
      })
      return renewal
    }
    // a careful app that finds an expired user renews it, once for all that ask
    const user = async () => {
      const found = await manager.getUser()
      return found?.expired ? renew().catch(() => null) : found
    }
    await user()
    return {
      signIn: ({ email: username, password }) => manager.signinResourceOwnerCredentials({ username, password }),
      async signOut() {
        await manager.revokeTokens()
        await manager.removeUser()
      },
      userId: async () => (await user())?.profile.sub ?? null,
      async request(url) {
        const token = (await user())?.access_token
        return fetch(url, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } })
      },
    }
  },
}

export default adapter
