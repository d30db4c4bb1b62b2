import { Can, Protected, useCan, useRequiredUser } from '@authchart/react'

declare const setting: 'isAdmin' | undefined

// a guard that is given is one; where compilers are less strict, one that is not stays closed
export function Hooks() {
  // @ts-expect-error no guard
  useRequiredUser(undefined)
  // @ts-expect-error perhaps no guard
  useRequiredUser(setting)
  // @ts-expect-error no guard
  useCan(undefined)
  // @ts-expect-error perhaps no guard
  useCan(setting)
}

export const components = [
  <Protected />,
  // @ts-expect-error no guard
  <Protected guard={undefined} />,
  // @ts-expect-error perhaps no guard
  <Protected guard={setting} />,
  // @ts-expect-error no guard
  <Can guard={undefined} />,
  // @ts-expect-error perhaps no guard
  <Can guard={setting} />,
]
