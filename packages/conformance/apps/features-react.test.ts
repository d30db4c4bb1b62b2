import { describeFeatures } from './features.ts'

describeFeatures('react')
