import '@authchart/example-shared/style.css'
import { AuthProvider } from '@authchart/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router/dom'
import { demo } from './demo.ts'
import { router } from './router.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <AuthProvider auth={demo.auth}>
      <RouterProvider router={router} />
    </AuthProvider>
  </StrictMode>,
)
