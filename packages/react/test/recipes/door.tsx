import { useAuth, useAuthState } from '@authchart/react'

export function Door() {
  const { signIn, answerChallenge, cancel, signOut, dismiss } = useAuth()
  const state = useAuthState()
  switch (state.status) {
    case 'restoring':
      return <p>One moment</p>
    case 'anonymous':
      return <Button text="Sign in" onClick={() => signIn({ pin: '0000' })} />
    case 'authenticating':
      return <Button text="Cancel" onClick={cancel} />
    case 'challenged':
      return <Button text="Enter the code" onClick={() => answerChallenge({ code: '123456' })} />
    case 'authenticated':
    case 'refreshing':
      return <Button text="Sign out" onClick={signOut} />
    case 'expired':
      return <Button text="Your session ended" onClick={dismiss} />
    case 'signingOut':
    case 'signedOut':
      return <Button text="Goodbye" onClick={dismiss} />
  }
}

function Button({ text, onClick }: { readonly text: string; readonly onClick: () => unknown }) {
  // how it ends is in the state
  return <button onClick={() => void Promise.resolve(onClick()).catch(() => {})}>{text}</button>
}
