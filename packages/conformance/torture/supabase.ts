import { AuthClient } from '@supabase/auth-js'
import type { TortureAdapter } from 'authchart/torture'

const adapter: TortureAdapter = {
  name: '@supabase/auth-js',
  async open({ origin, fetch, storage }) {
    const client = new AuthClient({
      url: `${origin}/auth/v1`,
      fetch,
      storage,
      storageKey: 'session',
      persistSession: true,
      autoRefreshToken: true,
      detectSessionInUrl: false,
    })
    await client.initialize()
    const session = async () => (await client.getSession()).data.session
    return {
      async signIn(credentials) {
        const { error } = await client.signInWithPassword(credentials)
        if (error) throw error
      },
      async signOut() {
        const { error } = await client.signOut({ scope: 'local' })
        if (error) throw error
      },
      userId: async () => (await session())?.user.id ?? null,
      async request(url) {
        const token = (await session())?.access_token
        return fetch(url, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } })
      },
    }
  },
}

export default adapter
