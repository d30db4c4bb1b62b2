import { createBrowserRouter } from 'react-router'
import App from './App'
import { Layout } from './auth/layout'
import { authPages, guard } from './auth/routes'

export const router = createBrowserRouter([
  {
    Component: Layout,
    HydrateFallback: () => <p>One moment</p>, // until it is known who is signed in
    children: [{ index: true, Component: App }, ...authPages],
  },
])

// the open page is looked at again when the user signs in or out, in this tab or in another one
const stop = guard.follow(router)
import.meta.hot?.dispose(stop)
