import { useUser } from '@authchart/react'
import type { User } from '../server.ts'

export function Greeting({ name }: { readonly name: string }) {
  return `${name} for ${(useUser() as User | null)?.name}`
}
