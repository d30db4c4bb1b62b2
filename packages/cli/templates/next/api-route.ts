import { handler } from '@/auth/session'

const forward = (request: Request) => handler(request)

export { forward as DELETE, forward as GET, forward as PATCH, forward as POST, forward as PUT }
