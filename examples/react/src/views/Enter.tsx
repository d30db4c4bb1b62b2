import type { Mode, Seed } from '@authchart/example-shared'
import { useRef, useState } from 'react'
import { useDemo } from '../demo.tsx'
import { EntranceHead } from './EntranceHead.tsx'
import { LinkOffer } from './LinkOffer.tsx'
import { Seeds } from './Seeds.tsx'
import { SignInForm } from './SignInForm.tsx'

/** For a user who is not signed in: not yet, not any more, or not by choice. */
export function Enter() {
  const demo = useDemo()
  const form = useRef<HTMLFormElement>(null)
  const [mode, setMode] = useState<Mode>('signIn')

  function fill({ email, password }: Seed): void {
    const input = form.current?.elements.namedItem('password')
    demo.email.set(email)
    if (input instanceof HTMLInputElement) input.value = password
    form.current?.querySelector<HTMLElement>('[type=submit]')?.focus()
  }

  return (
    <>
      <EntranceHead mode={mode} />
      <div className="welcome">
        <div className="stack">
          <LinkOffer />
          <SignInForm formRef={form} mode={mode} onMode={setMode} />
        </div>
        <Seeds onPick={fill} />
      </div>
    </>
  )
}
