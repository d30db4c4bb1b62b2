import { AuthProvider } from '@authchart/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { counted } from './auth.ts'
import { Page } from './page.tsx'

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <AuthProvider auth={counted}>
      <Page />
    </AuthProvider>
  </StrictMode>,
)
