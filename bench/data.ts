import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A public data set that is not part of the project: in `BENCH_DATA`, else `samples/`, else `shared/data` beside the project. */
export function benchData(...path: string[]): string | undefined {
  const folders = [process.env.BENCH_DATA, 'samples', join('..', 'shared', 'data')]
  return folders.flatMap(folder => (folder === undefined ? [] : [join(folder, ...path)])).find(file => existsSync(file))
}
