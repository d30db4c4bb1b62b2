import { NextResponse, type NextRequest } from 'next/server'
import { handler } from '@/auth/session'

/** Sends a visitor without a session to the sign-in page, before anything is rendered. */
export async function proxy(request: NextRequest) {
  if (await handler.readSession(request)) return NextResponse.next()
  const { pathname, search } = request.nextUrl
  const signIn = new URL('/sign-in', request.url)
  signIn.searchParams.set('returnTo', pathname + search)
  return NextResponse.redirect(signIn)
}

/** The guarded pages. */
export const config = { matcher: '/account/:path*' }
