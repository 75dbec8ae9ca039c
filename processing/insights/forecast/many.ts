import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { DataAppError } from '#shared/error.ts'
import { type Forecast, type ForecastOptions, forecastSeries } from './forecast.ts'

/** A piece of work for a thread: consecutive series that share their options. */
export type Job = {
  readonly first: number
  readonly series: readonly Float64Array[]
  readonly options: ForecastOptions
}
export type Done = { readonly first: number; readonly forecasts: readonly Forecast[] }

export type ManyOptions = ForecastOptions & {
  /** Threads to use; 0 computes here. The default takes every core once there is enough to do. */
  readonly threads?: number
  readonly onProgress?: (done: number, total: number) => void
  /** Aborted, it rejects with the signal's reason and the threads end. */
  readonly signal?: AbortSignal | undefined
}

const SERIES_PER_JOB = 32
/** Below so many values, starting threads costs more than it brings. */
const WORTH_THREADS = 60_000

/**
 * Forecasts many series, in the order given, on all cores. Rejects if a thread stops; threads are gone when it settles.
 */
export async function forecastMany(series: readonly Float64Array[], options: ManyOptions): Promise<Forecast[]> {
  const { threads, onProgress, signal, ...own } = options
  const size = series.reduce((sum, values) => sum + values.length, 0)
  const wanted = threads ?? (size < WORTH_THREADS ? 0 : availableParallelism())
  const jobs = split(series, own)
  const results = new Map<number, readonly Forecast[]>()
  let count = 0
  const keep = (done: Done): void => {
    results.set(done.first, done.forecasts)
    count += done.forecasts.length
    onProgress?.(count, series.length)
  }
  if (wanted === 0) {
    for (const job of jobs) {
      signal?.throwIfAborted()
      keep(run(job))
      await new Promise(resolve => setImmediate(resolve))
    }
  } else await onThreads(jobs, Math.min(wanted, jobs.length), keep, signal)
  return jobs.flatMap(job => results.get(job.first) ?? [])
}

export function run(job: Job): Done {
  return { first: job.first, forecasts: job.series.map(values => forecastSeries(values, job.options)) }
}

function split(series: readonly Float64Array[], options: ForecastOptions): Job[] {
  const jobs: Job[] = []
  for (let first = 0; first < series.length; first += SERIES_PER_JOB) {
    jobs.push({ first, series: series.slice(first, first + SERIES_PER_JOB), options })
  }
  return jobs
}

async function onThreads(
  jobs: readonly Job[],
  threads: number,
  keep: (done: Done) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted()
  const workers = Array.from({ length: threads }, startWorker)
  const queue = jobs.values()
  try {
    await Promise.all(workers.map(worker => drain(worker, queue, keep, signal)))
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()))
  }
}

/** Gives one worker a job after another until none is left. */
function drain(
  worker: Worker,
  queue: Iterator<Job>,
  keep: (done: Done) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    const next = (): void => {
      const job = queue.next()
      if (job.done === true) resolve()
      else worker.postMessage(job.value)
    }
    worker.on('message', (done: Done) => {
      keep(done)
      next()
    })
    worker.on('error', reject)
    worker.on('exit', code => {
      reject(new DataAppError('FORECAST_THREAD_STOPPED', `A forecasting thread stopped with code ${code}`))
    })
    next()
  })
}

/**
 * Threads of Node 20 do not take the TypeScript loader over from the process that starts them, so they begin in a file of
 * plain JavaScript that asks for it.
 */
function startWorker(): Worker {
  return new Worker(new URL('./worker-start.js', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 64 } })
}
