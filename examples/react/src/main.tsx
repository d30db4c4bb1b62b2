import '@authchart/example-shared/style.css'
import { AuthProvider } from '@authchart/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { demo } from './demo.ts'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <AuthProvider auth={demo.auth}>
      <App />
    </AuthProvider>
  </StrictMode>,
)
