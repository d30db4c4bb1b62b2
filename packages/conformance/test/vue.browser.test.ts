import { vueDriver } from '../src/drivers/vue.ts'
import { describeConformance } from '../src/suite.ts'

describeConformance('vue', vueDriver)
