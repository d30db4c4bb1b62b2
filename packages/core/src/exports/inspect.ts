export { connectInspector, withoutData, type ConnectedInspector, type InspectorConnection } from '../inspect.ts'
