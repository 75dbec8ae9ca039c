import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Starts a module of ours in a process of its own: TypeScript as it stands in a checkout, JavaScript in a packaged artifact. `module` is given without extension, from `import.meta.url`. */
export function forkModule(
  module: string,
  from: string,
  options: Omit<ForkOptions, 'execArgv'> = {},
  args: readonly string[] = [],
): ChildProcess {
  const source = from.endsWith('.ts')
  return fork(new URL(`${module}.${source ? 'ts' : 'js'}`, from), [...args], {
    ...options,
    execArgv: source ? ['--import', pathToFileURL(createRequire(from).resolve('tsx')).href] : [],
  })
}
