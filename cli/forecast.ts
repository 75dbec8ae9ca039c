import { once } from 'node:events'
import { Command, Option } from 'commander'
import { type Forecast, type Method, methods } from '#processing/insights/forecast/forecast.ts'
import { forecastMany } from '#processing/insights/forecast/many.ts'
import { readSeries, type Series } from '#processing/insights/forecast/table.ts'
import { csvField } from './csv-field.ts'
import { wholeNumber } from './whole-number.ts'

type Options = { readonly period: number; readonly horizon: number; readonly method: Method; readonly json?: boolean }

/** `dataapp forecast FILE.csv`: forecasts with intervals for any series; CSV or one JSON document on stdout, progress on stderr. */
export function forecastCommand(): Command {
  return new Command('forecast')
    .description('Forecast series from a CSV file (series_id,step,value) with 80 and 95 % intervals')
    .argument('<file>', 'CSV with a header, also .gz; steps are integers, in any order')
    .requiredOption(
      '--period <steps>',
      'steps in a season: 7 for days, 12 for months, 1 for none',
      wholeNumber(1, 10_000),
    )
    .requiredOption('--horizon <steps>', 'how many steps ahead', wholeNumber(1, 10_000))
    .addOption(new Option('--method <name>', 'how').choices(methods).default('default'))
    .option('--json', 'one JSON document, with the method used and its backtest for each series')
    .action(async (file: string, options: Options) => {
      const series = await readSeries(file)
      const forecasts = await forecastMany(
        series.map(one => one.values),
        { period: options.period, horizon: options.horizon, method: options.method, onProgress: progress() },
      )
      const text = options.json === true ? asJson(series, forecasts) : asCsv(series, forecasts)
      for (const part of text) if (!process.stdout.write(part)) await once(process.stdout, 'drain')
    })
}

/** Says how far it is: twice a second on a terminal, every five seconds in a log. */
function progress(): (done: number, total: number) => void {
  const pause = process.stderr.isTTY ? 500 : 5000
  let next = Date.now() + pause
  return (done, total) => {
    if (Date.now() < next && done < total) return
    next = Date.now() + pause
    const line = `forecast: ${done} of ${total} series`
    process.stderr.write(process.stderr.isTTY ? `\r${line}${done === total ? '\n' : ''}` : `${line}\n`)
  }
}

function* asCsv(series: readonly Series[], forecasts: readonly Forecast[]): Generator<string> {
  yield 'series_id,step,value,lo80,hi80,lo95,hi95\n'
  for (const [i, { id, first, values }] of series.entries()) {
    const forecast = forecasts[i]
    if (forecast === undefined) continue
    const name = csvField(id)
    const columns = [forecast.values, forecast.lo80, forecast.hi80, forecast.lo95, forecast.hi95]
    let text = ''
    for (let j = 0; j < forecast.values.length; j++) {
      text += `${name},${first + values.length + j},${columns.map(column => figure(column[j])).join(',')}\n`
    }
    yield text
  }
}

function* asJson(series: readonly Series[], forecasts: readonly Forecast[]): Generator<string> {
  yield '['
  for (const [i, { id, first, values }] of series.entries()) {
    const forecast = forecasts[i]
    if (forecast === undefined) continue
    const { method, backtest } = forecast
    const steps = Array.from(forecast.values, (value, j) => ({
      step: first + values.length + j,
      value: Number(figure(value)),
      lo80: Number(figure(forecast.lo80[j])),
      hi80: Number(figure(forecast.hi80[j])),
      lo95: Number(figure(forecast.lo95[j])),
      hi95: Number(figure(forecast.hi95[j])),
    }))
    yield `${i === 0 ? '\n' : ',\n'}${JSON.stringify({ series_id: id, method, backtest: backtest ?? null, steps })}`
  }
  yield '\n]\n'
}

/** Ten significant digits: more than any forecast knows. */
function figure(value: number | undefined): string {
  return String(Number((value ?? 0).toPrecision(10)))
}
