import { pino } from 'pino'

export type Log = pino.Logger

/** Loaded for a terminal only: a service has no use for it, and ten megabytes less. */
const pretty = process.stderr.isTTY ? (await import('pino-pretty')).default : undefined

/** Structured log on stderr (stdout belongs to results): JSON lines for machines, readable lines on a terminal. */
export function openLog(name: string, level: string): Log {
  const options: pino.LoggerOptions = {
    name,
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['password', '*.password', 'token', '*.token', 'authorization', 'cookie', '*.cookie'],
      censor: '(hidden)',
    },
  }
  if (pretty !== undefined)
    return pino(options, pretty({ destination: 2, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true }))
  return pino(options, pino.destination({ dest: 2, sync: true }))
}

/** A log that says nothing, for callers that have no use for one. */
export const silentLog: Log = pino({ level: 'silent' })
