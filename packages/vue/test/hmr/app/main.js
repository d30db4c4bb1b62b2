// no types: tsc alone does not know what a .vue file is
import { createAuthPlugin } from '@authchart/vue'
import { createApp } from 'vue'
import App from './App.vue'
import { auth } from './auth.ts'

createApp(App).use(createAuthPlugin(auth)).mount('#root')
