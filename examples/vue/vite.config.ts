import { handlerPlugin } from '@authchart/example-shared/handler'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({ plugins: [vue(), handlerPlugin('vue')] })
