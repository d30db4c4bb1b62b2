import '@authchart/example-shared/style.css'
import { createDemo } from '@authchart/example-shared'
import { createApp } from 'vue'
import { createDemoPlugin } from './demo.ts'
import Layout from './Layout.vue'
import { createAppRouter } from './router.ts'

const demo = createDemo('vue')
const { router } = createAppRouter(demo.auth)

createApp(Layout).use(createDemoPlugin(demo)).use(router).mount('#app')
