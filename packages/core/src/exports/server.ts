export { createAuthHandler, type AuthHandler, type HandlerContext, type HasHeaders } from '../server/handler.ts'
export type { AuthCookieOptions, AuthHandlerEvent, AuthHandlerOptions, ProxyTarget } from '../server/options.ts'
export { memorySessionStore, type SessionStore, type StoreEntries } from '../server/store.ts'
