import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { topics } from '#shared/agreement.ts'
import { closeServer, healthRoutes, listen } from '#shared/health.ts'
import type { Parts, Running } from '#shared/parts.ts'
import { readAlertNews } from '#shared/records/alert.ts'
import { readChanged } from '#shared/records/changed.ts'
import { watchAccess } from './server/access-watch.ts'
import { Answers } from './server/answers.ts'
import { api } from './server/api.ts'
import { app } from './server/app.ts'
import { asker } from './server/ask.ts'
import { buildWebApp } from './server/assets.ts'
import { dataRoutes } from './server/data/routes.ts'
import { exportRoutes } from './server/export-routes.ts'
import { FiguresDesk } from './server/figures.ts'
import { figuresRoutes } from './server/figures-routes.ts'
import { firstData } from './server/first-data.ts'
import { companionShelf } from './server/insights/companion-shelf.ts'
import { insightRoutes } from './server/insights/routes.ts'
import { Live } from './server/live.ts'
import { odataFeed } from './server/odata/feed.ts'
import { administrationRoutes } from './server/people/administration-routes.ts'
import { peopleRoutes } from './server/people/people-routes.ts'
import { openReports } from './server/reports/open-page.ts'
import { startPost } from './server/reports/post.ts'
import { reportRoutes } from './server/reports/routes.ts'
import { Shelf } from './server/reports/shelf.ts'
import { sessionRoutes } from './server/session-routes.ts'
import { accountRoutes } from './server/sign-in/account-routes.ts'
import { signInOffers } from './server/sign-in/open-doors.ts'
import { openProvider } from './server/sign-in/provider.ts'
import { Doorkeeper } from './server/signed.ts'
import { targetRoutes } from './server/targets/routes.ts'

/** answer questions within each person's scope → show them → tell browsers when the answers have changed. */
export async function presentation(parts: Parts): Promise<Running & { url: string }> {
  const { config, bus, warehouse, settings, vault, metrics, log } = parts
  const web = await buildWebApp()
  const ask = asker(warehouse, vault)
  const answers = new Answers()
  const desk = new FiguresDesk(ask, config.DATAAPP_TIME_ZONE, answers)
  const doorkeeper = new Doorkeeper(settings, config)
  const live = new Live(doorkeeper, log, web.script)

  const provider = openProvider(config, settings)
  const signedOut = (session: string) => live.signedOut(session)
  const access = await watchAccess(settings, log, async () => {
    doorkeeper.forget()
    await live.judge()
  })
  const personChanged = () => void access.look()
  const shelf = new Shelf(settings)
  const companions = companionShelf(warehouse)
  companions().catch((error: unknown) =>
    log.warn({ err: error }, 'what is bought together is read when it is asked for'),
  )
  const post = startPost({ config, settings, ask, desk, log })
  const routes = [
    ...sessionRoutes({ settings, config, desk, live, doorkeeper, signedOut }),
    ...accountRoutes({ settings, secrets: vault, config, doorkeeper, signedOut }),
    ...peopleRoutes({ settings, config, doorkeeper, personChanged }),
    ...administrationRoutes({ settings, warehouse, config, doorkeeper, signedOut }),
    ...figuresRoutes(desk),
    ...dataRoutes({ settings, vault, config }),
    ...targetRoutes({ settings, bus }),
    ...reportRoutes({ config, ask, desk, shelf }),
    ...insightRoutes({ warehouse, settings, config, desk, companions }),
    ...exportRoutes({ desk, settings, config }),
  ]
  const first = firstData({ config, desk, live, doorkeeper, answers, offers: signInOffers(config, provider) })
  const feed = odataFeed({ config, ask, doorkeeper, log })
  const pages = app({
    config,
    log,
    web,
    api: api(
      { config, log, settings, secrets: vault, desk, live, doorkeeper, answers, ask, provider, personChanged },
      routes,
    ),
    feed,
    open: openReports({ config, ask, desk, shelf }),
    first,
  })
  const health = healthRoutes(metrics, [
    { name: 'bus', check: () => bus.ready() },
    { name: 'warehouse', check: () => warehouse.ready() },
    { name: 'settings', check: () => settings.ready() },
  ])

  // Every instance hears all the news. The name lasts, because the embedded log keeps what a group it knows has not read.
  const group = bus.kind === 'embedded' ? 'presentation' : `presentation-${hostname()}`
  const news = bus.consume({
    topic: topics.changed,
    group,
    from: 'latest',
    maxMessages: 1_000,
    maxBytes: 4_000_000,
    handle: async batch => {
      answers.forget()
      const sure = await access.look()
      const changes = batch.flatMap(({ value }) => readChanged(value) ?? [])
      if (sure) for (const changed of changes) live.announce(changed)
      else if (changes.length > 0) live.reload()
    },
  })
  const warnings = bus.consume({
    topic: topics.alerts,
    group,
    from: 'latest',
    maxMessages: 1_000,
    maxBytes: 4_000_000,
    handle: async batch => {
      const sure = await access.look()
      const alerts = batch.flatMap(({ value }) => readAlertNews(value) ?? [])
      if (sure) for (const alert of alerts) live.alert(alert)
      else if (alerts.length > 0) live.reload()
    },
  })

  const server = createServer((request, response) => {
    if (!health(request, response)) pages(request, response)
  })
  live.attach(server)
  const port = await listen(server, config.PORT, config.HOST, false)
  const url = `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`
  log.info({ url }, 'presentation runs')

  return {
    url,
    failed: Promise.all([news.stopped, warnings.stopped]).then(() => new Promise<never>(() => {})),
    stop: async () => {
      await Promise.all([news.stop(), warnings.stop(), post.stop()])
      await access.stop()
      live.close()
      await closeServer(server)
    },
  }
}
