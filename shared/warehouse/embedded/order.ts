/** What the engine's process is told: where its data is, under which name and password it answers, on which port (0: a free one), and how much memory it may take. */
export type EngineOrder = { directory: string; database: string; password: string; port: number; memoryBytes: number }

/** The order as its parent wrote it. Looked at by hand, without a schema: every start waits for this process, and to load the schemas' package takes a fifth of what it has to do until it answers. */
export function orderOf(text = ''): EngineOrder {
  const told: Record<string, unknown> = Object.fromEntries(Object.entries(JSON.parse(text)))
  const { directory, database, password, port, memoryBytes } = told
  if (
    typeof directory !== 'string' ||
    typeof database !== 'string' ||
    typeof password !== 'string' ||
    typeof port !== 'number' ||
    typeof memoryBytes !== 'number'
  )
    throw new TypeError(`not an order for the engine: it has ${Object.keys(told).join(', ')}`)
  return { directory, database, password, port, memoryBytes }
}
