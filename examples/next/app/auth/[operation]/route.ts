import { handler } from '../../session'

export const POST = (request: Request) => handler(request)
