import { authRoutes } from '@authchart/react/react-router'
import type { RouteObject } from 'react-router'
import { AccountPage } from '../pages/account'
import { SignInPage } from '../pages/sign-in'
import { auth } from './auth'

/** `middleware: [guard.requireUser()]` guards a route and all below it. A guard's name asks for more than a user. */
export const guard = authRoutes(auth, { signIn: '/sign-in', fallback: '/account' })

export const authPages: RouteObject[] = [
  { path: '/sign-in', middleware: [guard.signInPage], Component: SignInPage },
  { path: '/account', middleware: [guard.requireUser()], Component: AccountPage },
]
