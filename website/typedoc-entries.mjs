// Names in the API reference as an app knows them.
import { Converter, IntrinsicType, ReflectionKind } from 'typedoc'

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    // `@authchart/core/storage`, where TypeDoc says `core/src/exports/storage`
    for (const entry of project.children ?? []) {
      entry.name = `@authchart/${entry.name
        .replace('/src', '')
        .replace('/exports', '')
        .replace(/testing-(paths|world|msw|playwright)/, 'testing/$1')
        .replace(/\/index$/, '')}`
    }
    for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
      if (parameter.name === '__namedParameters') parameter.name = 'options'
    }
    // the names of all its parts fill a page, and docs/machine.md has them in tables
    for (const variable of project.getReflectionsByKind(ReflectionKind.Variable)) {
      if (variable.name === 'authMachine') variable.type = new IntrinsicType('StateMachine<AuthContext, AuthEvent, …>')
    }
  })
}
