import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The Python that peers run in: `BENCH_PYTHON`, else the environment in `var/bench-venv`, else `python3`. */
const python = (): string => {
  const own = join('var', 'bench-venv', 'bin', 'python')
  return process.env.BENCH_PYTHON ?? (existsSync(own) ? own : 'python3')
}

/** Packages that are installed under another name than they are imported by. */
const installedAs: Readonly<Record<string, string>> = { kafka: 'kafka-python' }

/** Runs a peer that prints one JSON document. Undefined, said aloud, where Python or one of its packages is missing. */
export async function peer(script: string, packages: readonly string[], args: readonly string[]): Promise<unknown> {
  try {
    await run(python(), ['-c', `import ${packages.join(', ')}`])
  } catch {
    console.log(`  peer skipped: no Python with ${packages.join(', ')}`)
    console.log(
      `    python3 -m venv var/bench-venv && var/bench-venv/bin/pip install ${packages.map(name => installedAs[name] ?? name).join(' ')}`,
    )
    return undefined
  }
  const { stdout } = await run(python(), [join(import.meta.dirname, script), ...args], { maxBuffer: 1 << 26 })
  return JSON.parse(stdout)
}
