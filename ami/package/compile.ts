import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'

/** A module as it runs in an artifact: JavaScript under the same name, its imports ending in `.js`. */
export async function compile(root: string, file: string): Promise<{ path: string; content: Buffer }> {
  const source = readFileSync(join(root, file), 'utf8')
  const { code } = await transform(source, {
    loader: file.endsWith('x') ? 'tsx' : 'ts',
    format: 'esm',
    target: 'node20',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcefile: file,
  })
  return { path: file.replace(/\.tsx?$/, '.js'), content: Buffer.from(pointAtScripts(code)) }
}

/** A script of ours that only exists to ask for the TypeScript loader: without it, there is nothing to ask for. */
export function withoutLoader(script: string): string {
  return pointAtScripts(
    script.replaceAll(/^import \{ register \} from 'tsx\/esm\/api'\n+/gm, '').replaceAll(/^register\(\)\n/gm, ''),
  )
}

function pointAtScripts(code: string): string {
  return code.replaceAll(/((?:from|import)\s*\(?\s*["'](?:\.{1,2}\/|#)[^"']*?)\.tsx?(["'])/g, '$1.js$2')
}
