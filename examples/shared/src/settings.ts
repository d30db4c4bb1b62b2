/** Where the example server is. `npm run demo` says so; a build on its own takes the server's default port. */
export const SERVER_URL: string = import.meta.env.VITE_AUTH_SERVER ?? 'http://localhost:8787'

/** Names the project. Not a secret. */
export const PUBLISHABLE_KEY = 'pk_demo'
