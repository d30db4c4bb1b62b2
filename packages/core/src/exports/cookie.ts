export { cookieClient, type CookieClient, type CookieClientOptions } from '../cookie/client.ts'
