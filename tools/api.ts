// The public types of every entry, as a report that is reviewed like code: `packages/*/api`. `pnpm run api` writes the
// reports; `--check` compares them, and fails where they say something else than the build.
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IConfigFile,
} from '@microsoft/api-extractor'

interface Manifest {
  readonly publishConfig: { readonly exports: Readonly<Record<string, string | { readonly default: string }>> }
}

interface Entry {
  readonly folder: string
  /** The report of the entry `./testing/paths` is `testing-paths.api.md`, that of `.` is `index.api.md`. */
  readonly report: string
  readonly types: string
}

const isCheck = process.argv.includes('--check')
const folders = ['packages/core', 'packages/react', 'packages/vue']
const temporary = resolve('node_modules/.cache/api')

const entries = folders.flatMap((folder): Entry[] => {
  const { publishConfig } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  return Object.entries(publishConfig.exports)
    .filter(([name]) => name !== './package.json')
    .map(([name, target]) => ({
      folder,
      report: `${name === '.' ? 'index' : name.slice(2).replaceAll('/', '-')}.api.md`,
      types: resolve(folder, (typeof target === 'string' ? target : target.default).replace(/\.js$/, '.d.ts')),
    }))
})

const builtCore = (name: string): string =>
  resolve(`packages/react/node_modules/@authchart/core/dist/exports/${name}.d.ts`)

/** One program for all entries. The bindings see the built core in `node_modules`, as in an app, and not its sources. */
const overrideTsconfig = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
    paths: {
      '@authchart/core': [builtCore('index')],
      '@authchart/core/testing': [builtCore('testing')],
    },
  },
  files: entries.map(({ types }) => types),
}

function configOf({ folder, report, types }: Entry): ExtractorConfig {
  const configObject: IConfigFile = {
    projectFolder: resolve(folder),
    mainEntryPointFilePath: types,
    newlineKind: 'lf',
    compiler: { overrideTsconfig },
    apiReport: {
      enabled: true,
      // the context and the events of the chart have no name that an app can import, and an app reads them all the same
      includeForgottenExports: folder === 'packages/core' && report === 'index.api.md',
      reportFileName: report,
      reportFolder: resolve(folder, 'api'),
      reportTempFolder: join(temporary, folder),
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
    },
  }
  return ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve(folder, 'package.json'),
  })
}

/** The reports that say something else than the build, by their paths. */
function compare(): string[] {
  const configs = entries.map(configOf)
  const compilerState = CompilerState.create(configs[0] as ExtractorConfig, {
    additionalEntryPoints: configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
  })
  return entries.flatMap(({ folder, report }, index) => {
    const { apiReportChanged, errorCount } = Extractor.invoke(configs[index] as ExtractorConfig, {
      compilerState,
      localBuild: !isCheck,
      messageCallback(message) {
        // what changed is told below, in our words
        message.handled = message.logLevel !== ExtractorLogLevel.Error
      },
    })
    if (errorCount > 0) throw new Error(`${folder}: the types of ${report} cannot be read`)
    return apiReportChanged ? [`${folder}/api/${report}`] : []
  })
}

for (const folder of folders) {
  mkdirSync(join(temporary, folder), { recursive: true })
  if (!isCheck) mkdirSync(join(folder, 'api'), { recursive: true })
}
const changed = compare()
const known = entries.map(({ folder, report }) => `${folder}/api/${report}`)
const left = globSync('packages/*/api/*.api.md').filter((path) => !known.includes(path))

if (!isCheck) {
  for (const path of left) rmSync(path)
  console.log(`api: ${entries.length} reports, ${changed.length} changed`)
}
if (isCheck) {
  for (const path of changed)
    spawnSync('git', ['--no-pager', 'diff', '--no-index', path, join(temporary, path.replace('/api/', '/'))], {
      stdio: 'inherit',
    })
  for (const path of left) console.log(`${path} is the report of no entry`)
  const isSame = changed.length + left.length === 0
  console.log(
    isSame
      ? `api: ${entries.length} reports say what the build does`
      : 'api: the public types have changed. If that is meant: `pnpm run api`, commit the reports, and add a changeset.',
  )
  if (!isSame) process.exitCode = 1
}
