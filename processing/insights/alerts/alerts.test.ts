import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { addPerson } from '#presentation/server/accounts.ts'
import type { Subject } from '#shared/alerts/facts.ts'
import type { Firing } from '#shared/alerts/firing.ts'
import { addDays, dayIn } from '#shared/day.ts'
import { silentLog } from '#shared/log.ts'
import type { Parts } from '#shared/parts.ts'
import { type AlertNews, alertSchema } from '#shared/records/alert.ts'
import { saleOf } from '../../../test/parts/chain.ts'
import { temporaryHome } from '../../../test/parts/home.ts'
import { type Mailbox, openMailbox } from '../../../test/parts/mailbox.ts'
import { openPreparedParts } from '../../../test/parts/prepared.ts'
import { loadSales } from '../../load/load-sales.ts'
import { refreshCrossSell } from '../cross-sell/cross-sell.ts'
import { adviserOf } from './adviser.ts'
import { openEvaluation } from './evaluation.ts'
import { openMailer } from './mail.ts'
import { deliver } from './outbox.ts'
import { placeReadyMade } from './rules.ts'
import { signatureOf } from './webhook.ts'

describe('alerts', () => {
  const letters: { to: string[]; text: string }[] = []
  let mailbox: Mailbox
  const posts: { body: string; headers: Record<string, string | string[] | undefined> }[] = []
  let refusals = 1
  const hook = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += String(chunk)
    })
    request.on('end', () => {
      posts.push({ body, headers: request.headers })
      response.writeHead(refusals-- > 0 ? 503 : 204).end()
    })
  })
  let home: ReturnType<typeof temporaryHome>
  let parts: Parts
  let close: () => Promise<void>
  const news: AlertNews[] = []

  before(async () => {
    mailbox = await openMailbox(({ to, raw }) => letters.push({ to: to.split(','), text: raw }))
    await new Promise<void>(done => hook.listen(0, '127.0.0.1', () => done()))
    home = temporaryHome({ DATAAPP_SMTP_URL: mailbox.url, DATAAPP_LOCALE: 'en' })
    const opened = await openPreparedParts(home.config)
    parts = opened
    close = opened.close
    parts.bus.consume({
      topic: 'alerts',
      group: 'test',
      from: 'earliest',
      maxMessages: 100,
      maxBytes: 1_000_000,
      handle: async batch => {
        for (const { value } of batch) news.push(alertSchema.parse(JSON.parse(value.toString('utf8'))))
      },
    })
    await addPerson(parts.settings, {
      email: 'centro@chain.example',
      name: 'Centro',
      role: 'manager',
      stores: ['centro'],
      password: 'three words in a row',
    })
    await placeReadyMade(parts.settings, parts.config)
  })
  after(async () => {
    await close()
    home.remove()
    await mailbox.close()
    await new Promise<void>(done => hook.close(() => done()))
  })

  const today = () => dayIn(parts.config.DATAAPP_TIME_ZONE, new Date())
  const evaluation = () =>
    openEvaluation(
      { warehouse: parts.warehouse, settings: parts.settings, config: parts.config, log: silentLog },
      async () => new Map(),
    )
  const addRule = async (rule: Record<string, unknown>) => {
    await parts.settings.query('INSERT INTO alert_rules (id, owner, rule) VALUES ($1, $2, $3)', [
      rule.id,
      rule.owner,
      JSON.stringify(rule),
    ])
  }
  const sell = async (sale: string, store: string, price: number, cost: number) => {
    const sold = saleOf({ store, sale, day: today(), seller: 'ana', version: Date.now() * 1000 })
    const amounts = [price, price, cost].map(value => Math.round(value * 1e6))
    const lines = sold.lines.map(line =>
      Object.assign(line, { unitPrice: amounts[0], revenue: amounts[1], cost: amounts[2] }),
    )
    await loadSales(parts.warehouse, [{ ...sold, lines }], async () => {})
  }
  const told = async (count: number) => {
    while (news.length < count) await new Promise(done => setTimeout(done, 20))
  }

  it('tell of a product sold below cost, once, with the numbers and by mail to the owner', async () => {
    const [owner] = await parts.settings.query<{ id: string }>('SELECT id FROM people')
    await addRule({
      id: 'mine',
      owner: owner?.id,
      name: 'Below cost',
      scope: { kind: 'product' },
      condition: { kind: 'marginBelow', percent: 0 },
      channels: ['page', 'email', 'webhook'],
    })
    const { port } = addressOf(hook.address())
    await parts.settings.query('INSERT INTO alert_webhooks (owner, url, secret) VALUES ($1, $2, $3)', [
      owner?.id,
      `http://127.0.0.1:${port}/alerts`,
      'a shared secret',
    ])
    await sell('1', 'centro', 10, 12)
    await sell('1', 'praia', 10, 12)
    await evaluation().round()
    const mailer = openMailer(parts.config)
    await deliver(parts, mailer)
    await told(3)
    // The ready-made rule speaks of both stores; the manager's own only of theirs.
    expect(news.map(({ rule, breaches }) => [rule, breaches.map(({ subject }) => subject.store)])).to.have.deep.members(
      [
        ['mine', ['centro']],
        ['ready:below-cost', ['centro']],
        ['ready:below-cost', ['praia']],
      ],
    )
    const mine = news.find(({ rule }) => rule === 'mine')
    expect(mine?.breaches[0]).to.include({
      value: -20,
      reference: 0,
      sentence: 'bread, centro: margin of -20%, below 0%.',
    })
    expect(letters.map(({ to }) => to)).to.deep.equal([['centro@chain.example']])
    expect(letters[0]?.text)
      .to.match(/Message-ID:\s+<[\w.-]+@dataapp>/i)
      .and.include('margin of -20')

    // Looking again with nothing new, as a new process would after a crash, tells nobody anything.
    await evaluation().round()
    await deliver(parts, mailer)
    expect([news.length, letters.length]).to.deep.equal([3, 1])
    mailer?.close()
  })

  it('sign webhooks and try again after a refusal', async () => {
    expect(posts).to.have.length(1)
    await parts.settings.query('UPDATE alert_outbox SET due_at = now() WHERE sent_at IS NULL')
    await deliver(parts, undefined)
    expect(posts).to.have.length(2)
    const [first, second] = posts
    expect(second?.headers['x-dataapp-id']).to.equal(first?.headers['x-dataapp-id'])
    const timestamp = String(second?.headers['x-dataapp-timestamp'])
    expect(second?.headers['x-dataapp-signature']).to.equal(
      `sha256=${signatureOf('a shared secret', timestamp, second?.body ?? '')}`,
    )
  })

  it('go out by mail and to the page while a webhook does not answer', async () => {
    const silent = createServer(() => {})
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', () => done()))
    const { settings } = parts
    await settings.query("INSERT INTO alert_webhooks (owner, url, secret) VALUES ('silent', $1, 's')", [
      `http://127.0.0.1:${addressOf(silent.address()).port}/`,
    ])
    const letter = (channel: string, target: string) =>
      settings.query(
        `INSERT INTO alert_outbox (id, firing, channel, target, message, due_at)
         SELECT 'again ' || $1::text, firing, $1::text, $2::text, message, now() FROM alert_outbox WHERE channel = 'email' LIMIT 1`,
        [channel, target],
      )
    await letter('webhook', 'silent')
    await letter('email', 'centro@chain.example')
    const mailer = openMailer(parts.config)
    let hasAnswered = false
    const posted = deliver(parts, mailer, ['webhook']).finally(() => {
      hasAnswered = true
    })
    expect(await deliver(parts, mailer, ['email'])).to.equal(1)
    expect(hasAnswered, 'the mail waited for the webhook').to.equal(false)
    expect(letters).to.have.length(2)
    silent.closeAllConnections()
    expect(await posted).to.equal(0)
    await settings.query("DELETE FROM alert_outbox WHERE id LIKE 'again %'")
    mailer?.close()
    silent.close()
  })

  it('are mailed to nobody who may not see them any more when they leave', async () => {
    const { settings } = parts
    const mailer = openMailer(parts.config)
    const changes = ["stores = '{praia}'", "stores = '{centro}', disabled_at = now()"]
    for (const [i, change] of changes.entries()) {
      await settings.query(
        `INSERT INTO alert_outbox (id, firing, channel, target, message, due_at)
         SELECT $1, firing, channel, target, message, now() FROM alert_outbox WHERE channel = 'email' LIMIT 1`,
        [`late ${i}`],
      )
      await settings.query(`UPDATE people SET ${change}`)
      await deliver(parts, mailer)
    }
    expect(letters).to.have.length(2)
    await settings.query('UPDATE people SET disabled_at = NULL')
    mailer?.close()
  })

  it('resolve by themselves when the cause is gone', async () => {
    await sell('2', 'centro', 100, 12)
    await evaluation().round()
    await deliver(parts, undefined)
    await told(5)
    expect(news.slice(3).map(({ event, rule }) => [event, rule])).to.have.deep.members([
      ['resolved', 'mine'],
      ['resolved', 'ready:below-cost'],
    ])
    const rows = await parts.settings.query<{ status: string }>("SELECT status FROM alert_firings WHERE rule = 'mine'")
    expect(rows).to.deep.equal([{ status: 'resolved' }])
  })

  it('are written whole or not at all: a round cut off before its end is decided again with the same ids', async () => {
    await sell('3', 'serra', 10, 12)
    const broken = {
      ...parts.settings,
      transaction: async <T>(work: (query: Parts['settings']['query']) => Promise<T>) =>
        parts.settings.transaction(async query => {
          await work(query)
          throw new Error('the power went out')
        }),
    }
    const { warehouse, config } = parts
    const cut = openEvaluation({ warehouse, settings: broken, config, log: silentLog }, async () => new Map())
    expect(
      await cut.round().then(
        () => 'done',
        () => 'cut off',
      ),
    ).to.equal('cut off')
    const firings = () =>
      parts.settings.query<{ id: string }>("SELECT id FROM alert_firings WHERE alert::text LIKE '%serra%'")
    expect(await firings()).to.deep.equal([])
    await evaluation().round()
    expect(await firings()).to.have.length(1)
  })

  it('tell of a source that brings nothing', async () => {
    await addRule({
      id: 'late',
      owner: 'chain',
      name: 'Late',
      scope: { kind: 'source', ids: ['nightly'] },
      condition: { kind: 'dataLate', minutes: 60 },
    })
    const twoHoursAgo = (Date.now() - 7_200_000) * 1000
    const sold = saleOf({ store: 'norte', sale: 'n', day: addDays(today(), -1), seller: 'ana', version: twoHoursAgo })
    await loadSales(parts.warehouse, [{ ...sold, source: 'nightly' }], async () => {})
    await evaluation().round()
    const fired = () =>
      parts.settings.query<{ alert: AlertNews; status: string }>(
        "SELECT alert, status FROM alert_firings WHERE rule = 'late'",
      )
    expect((await fired()).map(({ alert }) => alert.breaches[0]?.subject.id)).to.deep.equal(['nightly'])
    const again = saleOf({ store: 'norte', sale: 'm', day: today(), seller: 'ana', version: Date.now() * 1000 })
    await loadSales(parts.warehouse, [{ ...again, source: 'nightly' }], async () => {})
    await evaluation().round()
    expect((await fired()).map(({ status }) => status)).to.deep.equal(['resolved'])
  })

  it('tell of products that stand still once these were looked for, and of nothing less until then', async () => {
    const days = Array.from({ length: 10 }, (_, i) => addDays(today(), -20 - i))
    const sold = (day: string, products: readonly string[]) =>
      saleOf({ store: 'cais', sale: `c${day}`, day, seller: 'ana', products, version: Date.now() * 1000 })
    await loadSales(
      parts.warehouse,
      [...days.map(day => sold(day, ['candles'])), sold(today(), ['bread'])],
      async () => {},
    )
    const fired = async () => {
      const rows = await parts.settings.query<{ alert: AlertNews; status: string }>(
        "SELECT alert, status FROM alert_firings WHERE rule = 'ready:no-sales'",
      )
      return rows.map(({ alert, status }) => [status, ...alert.breaches.map(({ subject }) => subject.id)])
    }
    const evaluated = evaluation()
    await evaluated.round()
    expect(await fired()).to.deep.equal([])
    await evaluated.lookForQuiet()
    await evaluated.round()
    expect(await fired()).to.deep.equal([['open', 'candles']])
    await evaluated.round()
    expect(await fired()).to.deep.equal([['open', 'candles']])
    await loadSales(parts.warehouse, [sold(addDays(today(), -1), ['candles'])], async () => {})
    await evaluated.lookForQuiet()
    await evaluated.round()
    expect(await fired()).to.deep.equal([['resolved', 'candles']])
  })

  it('take the place of one that was snoozed, and are over when their rule is turned off', async () => {
    const statuses = async () => {
      const rows = await parts.settings.query<{ status: string }>(
        "SELECT status FROM alert_firings WHERE rule = 'snoozing' ORDER BY at, status DESC",
      )
      return rows.map(({ status }) => status)
    }
    await addRule({
      id: 'snoozing',
      owner: 'chain',
      name: 'Thin',
      scope: { kind: 'product', stores: ['doca'] },
      condition: { kind: 'marginBelow', percent: 0 },
    })
    await sell('d', 'doca', 10, 12)
    await evaluation().round()
    await parts.settings.query(
      `INSERT INTO alert_marks (firing, kind, until) SELECT id, 'snooze', now() - interval '1 minute' FROM alert_firings WHERE rule = 'snoozing'`,
    )
    await parts.settings.query("UPDATE alert_firings SET status = 'snoozed' WHERE rule = 'snoozing'")
    await evaluation().round()
    expect(await statuses()).to.deep.equal(['resolved', 'open'])
    await parts.settings.query(
      `UPDATE alert_rules SET rule = jsonb_set(rule, '{on}', 'false'), updated_at = now() WHERE id = 'snoozing'`,
    )
    await evaluation().round()
    expect(await statuses()).to.deep.equal(['resolved', 'resolved'])
  })

  it('suggest what to sell a product with, from what is bought together', async () => {
    const days = Array.from({ length: 12 }, (_, i) => addDays(today(), -2 - i))
    await loadSales(
      parts.warehouse,
      days.map((day, i) =>
        saleOf({ store: 'sul', sale: `s${i}`, day, seller: 'ana', products: ['tea', 'biscuits'], version: 5 }),
      ),
      async () => {},
    )
    const before = Array.from({ length: 8 }, (_, i) => addDays(today(), -10 - i))
    await loadSales(
      parts.warehouse,
      before.map((day, i) => saleOf({ store: 'leste', sale: `l${i}`, day, seller: 'rui', products: ['soap'] })),
      async () => {},
    )
    await refreshCrossSell(parts.warehouse, today(), undefined)
    const adviser = adviserOf(parts.warehouse, parts.config.DATAAPP_TIME_ZONE)
    const about = (id: string, subject: Subject): Firing => ({
      id,
      rule: 'r',
      owner: 'chain',
      cause: '',
      at: Date.now(),
      notifyAt: Date.now(),
      channels: ['page'],
      metric: 'revenue',
      condition: { kind: 'noSales', days: 7 },
      breaches: [{ subject, badness: 9, value: 9, reference: 7 }],
      reminder: 1,
    })
    const product = (id: string, store: string): Subject => ({ kind: 'product', id, store })
    // Everything that fires in a round is asked about together, and each gets what concerns it alone.
    const advice = await adviser([
      about('tea in sul', product('tea', 'sul')),
      about('tea elsewhere', product('tea', 'oeste')),
      about('the chain', { kind: 'chain', id: '', store: '' }),
      ...Array.from({ length: 600 }, (_, article) => about(`unknown ${article}`, product(`${article}`, 'sul'))),
      about('leste', { kind: 'store', id: 'leste', store: 'leste' }),
    ])
    const beside = { kind: 'sellWith', product: 'biscuits', with: 'tea', store: 'sul', gain: 10 }
    expect(advice.get('tea in sul')).to.deep.equal([beside])
    expect(advice.get('tea elsewhere')).to.deep.equal([
      { kind: 'moveStock', product: 'tea', store: 'oeste', to: 'sul', gain: 120 },
    ])
    expect(advice.get('unknown 7')).to.deep.equal([])
    expect(advice.get('the chain') ?? []).to.deep.equal([])
    expect(advice.get('leste')).to.deep.equal([{ kind: 'talkTo', seller: 'rui', store: 'leste', gain: 20 }])
  })

  it('hold a store against its same weekdays', async () => {
    const days = Array.from({ length: 56 }, (_, i) => addDays(today(), -i - 1))
    await parts.warehouse.insert(
      'store_days',
      ['day', 'store', 'revenue', 'costed', 'cost', 'units', 'lines', 'sales', 'version'],
      days.flatMap(day => ['centro', 'norte'].map(store => [day, store, 1000, 1000, 500, 10, 10, 10, 1])),
    )
    await parts.warehouse.insert(
      'store_days',
      ['day', 'store', 'revenue', 'costed', 'cost', 'units', 'lines', 'sales', 'version'],
      [[today(), 'norte', 1, 1, 0.5, 1, 1, 1, 1]],
    )
    await addRule({
      id: 'fall',
      owner: 'chain',
      name: 'Fall',
      metric: 'averageTicket',
      scope: { kind: 'store' },
      condition: { kind: 'weekdayFall', percent: 50 },
    })
    await evaluation().round()
    const rows = await parts.settings.query<{ alert: AlertNews }>("SELECT alert FROM alert_firings WHERE rule = 'fall'")
    expect(
      rows.flatMap(({ alert }) => alert.breaches.map(({ subject, reference }) => [subject.id, reference])),
    ).to.deep.equal([['norte', 100]])
  })
})

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address
}
