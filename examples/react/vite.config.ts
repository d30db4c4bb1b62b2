import { handlerPlugin } from '@authchart/example-shared/handler'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({ plugins: [react(), handlerPlugin('react')] })
