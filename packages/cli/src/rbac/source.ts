import { parse, parseExpression } from '@babel/parser'
import traversal, { type NodePath, type Visitor } from '@babel/traverse'
import type { Expression, File, Program } from '@babel/types'
import { parse as parseComponent, type SFCTemplateBlock } from '@vue/compiler-sfc'

/** A file of the app, parsed and never run. */
export interface Module {
  readonly file: string
  readonly code: string
  readonly program: NodePath<Program>
  /** The template of a Vue component. */
  readonly template: NonNullable<SFCTemplateBlock['ast']> | null
}

type Traverse = (file: File, visitor: Visitor) => void
// Node gives the CommonJS module as the default, whose `default` is the function; bundlers give the function
const given = traversal as unknown as Traverse | { readonly default: Traverse }
const traverse = typeof given === 'function' ? given : given.default

/**
 * Parses a file.
 *
 * @throws SyntaxError, with the line in `loc`, if it is no code that this parser knows
 */
export function parseModule(file: string, code: string): Module {
  const { script, template } = file.endsWith('.vue') ? splitComponent(code) : { script: code, template: null }
  const isTyped = !/\.[cm]?jsx?$/.test(file)
  const ast = parse(script, {
    sourceType: 'module',
    errorRecovery: false,
    allowReturnOutsideFunction: true,
    plugins: [
      'decorators-legacy',
      'explicitResourceManagement',
      ...(isTyped ? (['typescript'] as const) : []),
      ...(/\.[cm]?ts$/.test(file) ? [] : (['jsx'] as const)),
    ],
  })
  return { file, code, program: programOf(ast), template }
}

function programOf(ast: File): NodePath<Program> {
  let program: NodePath<Program> | undefined
  traverse(ast, {
    Program(path) {
      program = path
      path.stop()
    },
  })
  if (!program) throw new SyntaxError('The file has no program.')
  return program
}

/** The scripts of a component at their own lines and columns, with nothing around them, and its template. */
function splitComponent(code: string): { script: string; template: Module['template'] } {
  const { descriptor, errors } = parseComponent(code, { sourceMap: false, ignoreEmpty: false })
  const [error] = errors
  if (error) {
    const line = 'loc' in error ? (error.loc?.start.line ?? 1) : 1
    throw Object.assign(new SyntaxError(error.message), { loc: { line } })
  }
  const blank = (text: string): string => text.replaceAll(/[^\r\n]/g, ' ')
  let script = ''
  for (const block of [descriptor.script, descriptor.scriptSetup]
    .filter((found) => found !== null)
    .sort((one, other) => one.loc.start.offset - other.loc.start.offset)) {
    script += blank(code.slice(script.length, block.loc.start.offset))
    script += code.slice(script.length, block.loc.end.offset)
  }
  return { script: script + blank(code.slice(script.length)), template: descriptor.template?.ast ?? null }
}

/** An expression of a template, which stands beside the script of its component. */
export function parseInTemplate(code: string) {
  try {
    return parseExpression(code, { plugins: ['typescript'] })
  } catch {
    return null
  }
}

/** A file of settings in JSON with comments, such as tsconfig.json. Undefined if it is none. */
export function parseSettings(code: string): unknown {
  try {
    return valueOf(parseExpression(code))
  } catch {
    return undefined
  }
}

function valueOf(node: Expression): unknown {
  if (node.type === 'StringLiteral' || node.type === 'NumericLiteral' || node.type === 'BooleanLiteral')
    return node.value
  if (node.type === 'ArrayExpression')
    return node.elements.map((element) => element && element.type !== 'SpreadElement' && valueOf(element))
  if (node.type !== 'ObjectExpression') return null
  const entries = node.properties.flatMap((property) =>
    property.type === 'ObjectProperty' && property.key.type === 'StringLiteral'
      ? [[property.key.value, valueOf(property.value as Expression)] as const]
      : [],
  )
  return Object.fromEntries(entries)
}
