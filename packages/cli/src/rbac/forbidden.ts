import type { NodePath } from '@babel/traverse'
import { isCallOf } from './asks.ts'
import { at, spotOf, type Resolver } from './resolve.ts'

/** The pages that say no, as `authRoutes` is told. They are open on purpose. */
export function forbiddenOf(resolver: Resolver): string[] {
  const found: string[] = []
  for (const module of resolver.project.modules())
    module.program.traverse({
      CallExpression(path) {
        const call = spotOf(module, path)
        if (!isCallOf(resolver, call, /^@authchart\/react\/(react-router|tanstack-router)$/, 'authRoutes')) return
        const options = path.get('arguments')[1] as NodePath | undefined
        if (!options) return
        const forbidden = resolver.member(resolver.resolve(at(call, options)), 'forbidden', call)
        const text = forbidden.kind === 'node' ? resolver.text(forbidden.spot) : null
        if (text !== null) found.push(text)
      },
    })
  return found
}
