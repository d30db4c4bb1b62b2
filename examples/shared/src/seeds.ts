/** The users that are there when the example server starts. The passwords are public: its page prints them. */
export interface Seed {
  readonly name: string
  readonly role: string
  readonly email: string
  readonly password: string
  /** What there is to try as this user. */
  readonly about: string
}

export const seeds: readonly Seed[] = [
  seed('Admin', 'admin', 'Opens the admin page, edits every post'),
  seed('User', 'user', 'Wrote two posts, and edits them'),
  seed('Editor', 'editor', 'Edits every post, no admin page'),
  seed('Guest', 'guest', 'Reads, and no more'),
  seed('Mfa', 'user', 'Signs in with a second factor'),
  seed('Banned', 'user', 'Is refused: the account is blocked'),
]

function seed(name: string, role: string, about: string): Seed {
  return { name, role, email: `${name.toLowerCase()}@demo.test`, password: `${name}-demo-1!`, about }
}
