import { authRoutes } from '@authchart/react/tanstack-router'
import { auth } from './auth'

/** `beforeLoad: guard.requireUser()` guards a route and all below it. A guard's name asks for more than a user. */
export const guard = authRoutes(auth, { signIn: '/sign-in', fallback: '/account' })
