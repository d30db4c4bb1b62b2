import '@authchart/example-shared/style.css'
import { createAuthPlugin } from '@authchart/vue'
import { createApp } from 'vue'
import App from './App.vue'
import { demo } from './demo.ts'

createApp(App).use(createAuthPlugin(demo.auth)).mount('#app')
