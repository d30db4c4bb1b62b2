import { errorMessage, linkCallbackUrl, newestLink } from '@authchart/example-shared'
import { AuthError } from '@authchart/core'
import { useState, type RefObject } from 'react'
import { useDemo } from '../demo.tsx'

export interface LinkByMailProps {
  readonly formRef: RefObject<HTMLFormElement | null>
}

/** A sign-in link by mail, and, because the mail of this demo goes nowhere, a way to open it. */
export function LinkByMail({ formRef }: LinkByMailProps) {
  const demo = useDemo()
  const [sentTo, setSentTo] = useState<string | null>(null)
  const [problem, setProblem] = useState('')

  async function send(): Promise<void> {
    const input = formRef.current?.elements.namedItem('email')
    if (!(input instanceof HTMLInputElement) || !input.reportValidity()) return
    const email = input.value.trim()
    setSentTo(null)
    setProblem('')
    try {
      await demo.account.magicLink.send({ email, callbackUrl: linkCallbackUrl() })
      setSentTo(email)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      setProblem(errorMessage(error))
    }
  }

  async function open(email: string): Promise<void> {
    const link = await newestLink(email)
    if (link) location.assign(link)
    else setProblem('There is no mail to open.')
  }

  return (
    <>
      <p className="divider">or</p>
      <button type="button" className="button" data-testid="send-link" onClick={() => void send()}>
        Mail me a sign-in link
      </button>
      <p className="told" role="status" data-testid="link-note">
        {sentTo !== null && `A link is on its way to ${sentTo}.`}
      </p>
      {sentTo !== null && (
        <button type="button" className="button" data-testid="open-mail" onClick={() => void open(sentTo)}>
          Open that mail (demo mailbox)
        </button>
      )}
      <p className="alert" role="alert" data-testid="link-error">
        {problem}
      </p>
    </>
  )
}
