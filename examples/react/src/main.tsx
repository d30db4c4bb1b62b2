import '@authchart/example-shared/style.css'
import { createDemo } from '@authchart/example-shared'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router/dom'
import { DemoProvider } from './demo.tsx'
import { createAppRouter } from './router.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

const demo = createDemo('react')
const { router } = createAppRouter(demo.auth)

createRoot(root).render(
  <StrictMode>
    <DemoProvider demo={demo}>
      <RouterProvider router={router} />
    </DemoProvider>
  </StrictMode>,
)
