import { toSvg, escaped, type SvgWords } from './svg.ts'
import type { Layout } from './layout.ts'
import type { Way } from './way.ts'

const style = `
:root{color-scheme:light dark}
body{margin:0;background:light-dark(#fff,#0d1117);color:light-dark(#171a26,#eceef6);font:1rem/1.5 system-ui,sans-serif}
main{max-width:90rem;margin:auto;padding:1.5rem 1rem}
h1{font-size:1.375rem;margin:0 0 .75rem}
h1,code{overflow-wrap:anywhere}
.picture{overflow-x:auto}
.picture svg{display:block}
code{font-size:.9375em}
li{margin-block:.25rem}
`

/** One page that needs nothing from elsewhere. */
export function toPage(layout: Layout, words: SvgWords, way: Way | null, replaced: readonly string[]): string {
  const steps = (way?.steps ?? []).map(
    ({ from, to, label }) =>
      `<li><code>${escaped(label)}</code>: from <code>${escaped(from)}</code> to <code>${escaped(to)}</code></li>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(words.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(words.title)}</h1>
${replaced.length > 0 ? `<p>Of the app: ${replaced.map((part) => `<code>${escaped(part)}</code>`).join(', ')}.</p>` : ''}
${steps.length > 0 ? `<p>The way that is marked:</p>\n<ol>\n${steps.join('\n')}\n</ol>` : ''}
<div class="picture" tabindex="0" role="group" aria-label="The picture">
${toSvg(layout, words, way)}</div>
</main>
</body>
</html>
`
}
