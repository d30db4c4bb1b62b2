import { build } from 'vite'

export interface PageFile {
  readonly type: string
  readonly content: string | Uint8Array<ArrayBuffer>
}

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' }

/** Builds the HTML files of a folder from source into memory: path to file. */
export async function buildPages(root: string, names: readonly string[]): Promise<ReadonlyMap<string, PageFile>> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root,
    build: { write: false, modulePreload: false, rolldownOptions: { input: names.map((name) => `${root}/${name}`) } },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) => ('output' in one ? one.output : []))
  return new Map(
    outputs.map((file) => [
      `/${file.fileName}`,
      {
        type: TYPES[file.fileName.split('.').at(-1) ?? ''] ?? 'text/plain',
        content: file.type === 'chunk' ? file.code : (file.source as string | Uint8Array<ArrayBuffer>),
      },
    ]),
  )
}
