import { readdir } from 'node:fs/promises'
import { DataAppError, forPerson } from '#shared/error.ts'

type Bench = { readonly run: () => Promise<void> | void }

const known = (await readdir(import.meta.dirname, { withFileTypes: true }))
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
  .map(({ name }) => name.slice(0, -3))

/** Measures what is named on the command line: each name is a file here that exports `run()`. Without names, says which there are. */
async function main(names: readonly string[]): Promise<void> {
  const benches = new Map<string, Bench>()
  for (const name of known) {
    if (name === 'main' || (names.length > 0 && !names.includes(name))) continue
    const module: unknown = await import(`./${name}.ts`)
    if (isBench(module)) benches.set(name, module)
  }
  const unknown = names.filter(name => !benches.has(name))
  if (names.length === 0 || unknown.length > 0)
    throw new DataAppError('BENCH_UNKNOWN', `nothing is measured by the name ${unknown.join(', ') || '(none given)'}`, {
      hint: `npm run bench -- ${[...benches.keys()].join(' | ')}`,
    })
  for (const bench of benches.values()) await bench.run()
}

const isBench = (module: unknown): module is Bench =>
  typeof module === 'object' && module !== null && 'run' in module && typeof module.run === 'function'

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof DataAppError ? forPerson(error) : error)
  // What a failed bench left open must not keep it here.
  process.exit(1)
})
