import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'esbuild'

/** One file of the web app, ready in every encoding. Its name holds a digest of its content, so it may be kept for ever. */
export type Asset = { type: string; plain: Buffer; brotli: Buffer | undefined; gzip: Buffer | undefined; etag: string }

/** The web app as it is served: files by path, and the paths that the page's head names. */
export type WebApp = {
  files: ReadonlyMap<string, Asset>
  early: string
  script: string
  style: string
  preload: string[]
}

const web = fileURLToPath(new URL('../web/', import.meta.url))
const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  woff2: 'font/woff2',
  map: 'application/json; charset=utf-8',
}

/** Asks Chromium to compile all functions of a file beside the page while it arrives, instead of each on its first call in the page's way. Others take it for a comment. */
const compiledAhead = '//# allFunctionsCalledOnLoad'

/** Bundles the web app in memory: one entry, one chunk per page, compressed once. */
export async function buildWebApp(): Promise<WebApp> {
  const built = await build({
    absWorkingDir: web,
    entryPoints: { app: 'main.tsx' },
    // As if every page imported the frame: what the first page needs is then one file and not one for each way it is shared.
    inject: ['app.tsx'],
    outdir: '/assets',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
    minify: true,
    write: false,
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    legalComments: 'none',
    banner: { js: compiledAhead },
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const files = new Map<string, Asset>()
  await Promise.all(
    built.outputFiles.map(async file => {
      files.set(`/assets/${basename(file.path)}`, await assetOf(basename(file.path), Buffer.from(file.contents)))
    }),
  )
  for (const icon of ['icon.svg', 'icon-192.png', 'icon-512.png'])
    files.set(`/${icon}`, await assetOf(icon, readFileSync(join(web, icon))))
  files.set('/manifest.webmanifest', await assetOf('manifest.json', readFileSync(join(web, 'manifest.json'))))
  const earlyScript = await buildAlone('early.ts')
  const early = `/assets/early-${digestOf(earlyScript).slice(0, 8)}.js`
  files.set(early, await assetOf(early, earlyScript))
  const names = [...files.keys()]
  const FILES = JSON.stringify(names.filter(name => name.startsWith('/assets/')))
  files.set('/worker.js', await assetOf('worker.js', await buildAlone('worker.ts', { FILES })))
  const find = (shape: RegExp) => names.find(name => shape.test(name)) ?? ''
  const script = find(/\/app-.*\.js$/)
  const eager = Object.entries(built.metafile.outputs)
    .filter(([path]) => path.endsWith(basename(script)))
    .flatMap(([, output]) => output.imports.filter(entry => entry.kind === 'import-statement'))
    .map(entry => `/assets/${basename(entry.path)}`)
  const charts = names.filter(name => /\/series-chart-.*\.js$/.test(name))
  return { files, early, script, style: find(/\/app-.*\.css$/), preload: [...new Set([...eager, ...charts])] }
}

/** A script that stands by itself: what runs before the app, and the service worker, which knows the files of this version by name, so that another version is another worker. */
async function buildAlone(entry: string, define: Record<string, string> = {}): Promise<Buffer> {
  const built = await build({
    absWorkingDir: web,
    entryPoints: [entry],
    bundle: true,
    format: 'iife',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
    minify: true,
    write: false,
    legalComments: 'none',
    logLevel: 'silent',
    define,
  })
  return Buffer.from(built.outputFiles[0]?.contents ?? [])
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('base64url')
}

/** A file with its encodings; what compression would not shrink stays plain. */
async function assetOf(name: string, plain: Buffer): Promise<Asset> {
  const type = types[name.split('.').pop() ?? ''] ?? 'application/octet-stream'
  const etag = `"${digestOf(plain).slice(0, 22)}"`
  if (/^(font|image\/png)/.test(type)) return { type, plain, brotli: undefined, gzip: undefined, etag }
  const [brotli, zipped] = await Promise.all([
    promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
    promisify(gzip)(plain, { level: 9 }),
  ])
  return { type, plain, brotli, gzip: zipped, etag }
}
