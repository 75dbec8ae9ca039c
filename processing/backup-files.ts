import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { httpKeysFile, isSourceFile, qualityFile, sourcesFolder, withDigests } from '#shared/chain-files.ts'
import type { Config } from '#shared/config.ts'

const onlyOwner = { mode: 0o600 } as const
const ownFolder = { recursive: true, mode: 0o700 } as const

/**
 * Puts what the people of the chain wrote beside the settings into a backup: source files, quality rules and the keys of tills, those as digests. On machines of their own a tier has only its own of
 * them.
 */
export async function keepFiles(config: Config, directory: string): Promise<void> {
  const sources = await sourceFiles(config)
  const held: [from: string, to: string][] = sources.map(path => [path, join(directory, 'sources', basename(path))])
  if (existsSync(qualityFile(config))) held.push([qualityFile(config), join(directory, 'quality.yaml')])
  for (const [from, to] of held) {
    await mkdir(dirname(to), ownFolder)
    await writeFile(to, await readFile(from), onlyOwner)
  }
  const keys = httpKeysFile(config)
  if (existsSync(keys))
    await writeFile(join(directory, 'http-keys'), withDigests(await readFile(keys, 'utf8')), onlyOwner)
}

/** Puts the files of a backup where a new installation looks for them. What lies there already stays. */
export async function putInPlace(config: Config, directory: string): Promise<void> {
  const places: [from: string, to: string][] = [
    [join(directory, 'quality.yaml'), qualityFile(config)],
    [join(directory, 'http-keys'), httpKeysFile(config)],
  ]
  const sources = join(directory, 'sources')
  const folder = sourcesFolder(config)
  if (isSourceFile(folder)) places.push([join(sources, basename(folder)), folder])
  else if (existsSync(sources))
    for (const name of await readdir(sources)) places.push([join(sources, name), join(folder, name)])
  for (const [from, to] of places) {
    if (!existsSync(from) || existsSync(to)) continue
    await mkdir(dirname(to), { recursive: true })
    await copyFile(from, to)
  }
}

/** `DATAAPP_SOURCES` may name one file. */
async function sourceFiles(config: Config): Promise<string[]> {
  const folder = sourcesFolder(config)
  if (!existsSync(folder)) return []
  if ((await stat(folder)).isFile()) return [folder]
  return (await readdir(folder)).filter(isSourceFile).map(name => join(folder, name))
}
