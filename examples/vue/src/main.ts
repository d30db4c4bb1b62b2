import '@authchart/example-shared/style.css'
import { createAuthPlugin } from '@authchart/vue'
import { createApp } from 'vue'
import { demo } from './demo.ts'
import Layout from './Layout.vue'
import { router } from './router.ts'

createApp(Layout).use(createAuthPlugin(demo.auth)).use(router).mount('#app')
