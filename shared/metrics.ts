import { Counter, collectDefaultMetrics, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client'

/** OpenMetrics of one process. Names are the log's names: `dataapp_<noun>_<unit>`, labels in the words of the design. */
export type Metrics = {
  registry: Registry<OpenMetricsContentType>
  counter(name: string, help: string, labels?: readonly string[]): Counter<string>
  gauge(name: string, help: string, labels?: readonly string[]): Gauge<string>
  histogram(name: string, help: string, buckets: number[], labels?: readonly string[]): Histogram<string>
}

/** Asking twice for one name gives the same metric, so that tiers in one process may share it. */
export function openMetrics(): Metrics {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  collectDefaultMetrics({ register: registry })
  const made = new Map<string, Counter<string> | Gauge<string> | Histogram<string>>()
  const registers = [registry]
  return {
    registry,
    counter(name, help, labels = []) {
      const known = made.get(name)
      if (known instanceof Counter) return known
      const metric = new Counter({ name, help, labelNames: [...labels], registers })
      made.set(name, metric)
      return metric
    },
    gauge(name, help, labels = []) {
      const known = made.get(name)
      if (known instanceof Gauge) return known
      const metric = new Gauge({ name, help, labelNames: [...labels], registers })
      made.set(name, metric)
      return metric
    },
    histogram(name, help, buckets, labels = []) {
      const known = made.get(name)
      if (known instanceof Histogram) return known
      const metric = new Histogram({ name, help, buckets, labelNames: [...labels], registers })
      made.set(name, metric)
      return metric
    },
  }
}
