import { readSession } from '../session'

/** Rendered on the server, which knows the user by the cookie. */
export async function Greeting() {
  const session = await readSession()
  return session && <p>Rendered for {session.user.email}</p>
}
