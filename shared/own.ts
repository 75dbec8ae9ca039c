/** What a record has under a name itself. Data may say `constructor` or `toString`, under which every object inherits something. */
export function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
