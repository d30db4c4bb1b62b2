import { handler } from '@/auth/session'

export const POST = (request: Request) => handler(request)
