import type { Effect } from '../src/machine/parts.ts'

const effect: Effect = ({ sendBack }) => {
  sendBack({ type: 'expiry.due' })
  // @ts-expect-error a misspelt fact
  sendBack({ type: 'expiry.dew' })
  // @ts-expect-error a fact without what it tells
  sendBack({ type: 'session.aged' })
  // @ts-expect-error a fact with what it does not tell
  sendBack({ type: 'refresh.lost', cause: 'offline' })
  // @ts-expect-error a command, which only a user gives
  sendBack({ type: 'signOut' })
}
void effect
