/** In microseconds, longer than any statement to the warehouse may take (the client gives up after five minutes): a recomputation that began before this has ended. */
export const restMicros = 360_000_000
