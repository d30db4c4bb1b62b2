import { describeFeatures } from './features.ts'

describeFeatures('vue')
