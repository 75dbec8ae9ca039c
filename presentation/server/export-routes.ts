import type { Request, Response } from 'express'
import type { Config } from '#shared/config.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Ask } from './ask.ts'
import { audit } from './audit.ts'
import { toPdf } from './export/pdf.ts'
import { type Column, type Sheet, toCsv } from './export/sheet.ts'
import { toXlsx } from './export/xlsx.ts'
import type { Definite, FiguresDesk } from './figures.ts'
import { type Filter, filterSchema } from './figures-schema.ts'
import { linesOf } from './lines.ts'
import type { Person } from './person.ts'
import { Problem } from './problem.ts'
import { type Route, route } from './route.ts'
import { addressOf } from './session-routes.ts'
import { cookieOf } from './signed.ts'

const mostLines = 50_000
const types = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
} as const

type Format = keyof typeof types
type Parts = { desk: FiguresDesk; settings: Settings; config: Config }

/** What is on the page, taken away: the same questions, the same scope, the same amounts. */
export function exportRoutes({ desk, settings, config }: Parts): Route[] {
  return [
    route({
      method: 'get',
      path: '/exports/:what/:format',
      door: 'exports.read',
      summary: 'stores, sellers, products, series or lines as csv, xlsx or pdf (lines: at most 50,000)',
      query: filterSchema,
      run: async ({ person, query, params, ask, request, response }) => {
        const format = formatOf(params.format ?? '')
        const language = languageOf(request, person, config)
        const definite = await desk.definite(person, query)
        const sheet = await sheetOf(params.what ?? '', { desk, ask, person, definite, query, language, config })
        await audit(settings, {
          person: person.id,
          action: 'data-exported',
          subject: `${params.what}.${format}`,
          address: addressOf(request),
          details: { ...definite.period, rows: sheet.rows.length },
        })
        send(response, sheet, format, `${params.what}-${definite.period.from}-${definite.period.to}`, language)
      },
    }),
  ]
}

type Asked = {
  desk: FiguresDesk
  ask: Ask
  person: Person
  definite: Definite
  query: Filter
  language: Language
  config: Config
}
type Language = 'pt-BR' | 'en'

async function sheetOf(what: string, asked: Asked): Promise<Sheet> {
  const { desk, ask, person, definite, language, config } = asked
  const w = words[language]
  const { from, to } = definite.period
  const notes = [`${from} – ${to} · ${config.DATAAPP_CHAIN_NAME} · ${config.DATAAPP_CURRENCY}`]
  switch (what) {
    case 'stores':
    case 'sellers':
    case 'products': {
      const { items } = await desk.ranking(person, what, definite, { by: 'revenue', order: 'desc', limit: 100_000 })
      return {
        title: w.titles[what],
        notes,
        columns: [text(w.id, 0.1), text(w.name, 0.3), text(w.detail, 0.2), ...figureColumns(w), money(w.before)],
        rows: items.map(i => [i.id, i.name, i.detail, i.revenue, i.margin, i.units, i.sales, i.lines, i.before]),
      }
    }
    case 'series': {
      const { points } = await desk.series(person, definite)
      return {
        title: w.titles.series,
        notes,
        columns: [{ name: w.day, kind: 'day', width: 0.14 }, ...figureColumns(w)],
        rows: points.map(p => [p.day, p.revenue, p.margin, p.units, p.sales, p.lines]),
      }
    }
    case 'lines': {
      const items = await linesOf(ask, person, definite, { limit: mostLines, offset: 0 })
      return {
        title: w.titles.lines,
        notes,
        columns: [
          { name: w.day, kind: 'day', width: 0.12 },
          text(w.store, 0.2),
          text(w.seller, 0.18),
          text(w.sale, 0.12),
          text(w.product, 0.28),
          number(w.units),
          money(w.revenue),
          money(w.cost),
        ],
        rows: items.map(l => [
          l.day,
          l.store.name,
          l.seller.name,
          l.sale,
          l.product.name,
          l.quantity,
          l.revenue,
          l.cost,
        ]),
      }
    }
    default:
      throw new Problem('not-found', 'There are exports of stores, sellers, products, series and lines.')
  }
}

function send(response: Response, sheet: Sheet, format: Format, name: string, language: Language): void {
  response.set({
    'content-type': types[format],
    'content-disposition': `attachment; filename="${name}.${format}"`,
    'cache-control': 'no-store',
  })
  switch (format) {
    case 'csv':
      response.end(toCsv(sheet))
      return
    case 'xlsx':
      response.end(toXlsx(sheet))
      return
    case 'pdf':
      response.end(toPdf(sheet, { page: words[language].page, show: shownIn(language) }))
  }
}

function shownIn(language: Language): (value: string | number, kind: Column['kind']) => string {
  const locale = language === 'en' ? 'en-GB' : language
  const amount = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  return (value, kind) => {
    switch (kind) {
      case 'text':
        return String(value)
      case 'day':
        return day.format(new Date(`${value}T00:00:00Z`))
      case 'money':
        return amount.format(Number(value))
      case 'number':
        return count.format(Number(value))
      case 'share':
        return `${count.format(Number(value) * 100)}%`
    }
  }
}

function formatOf(text: string): Format {
  if (text === 'csv' || text === 'xlsx' || text === 'pdf') return text
  throw new Problem('not-found', 'Exports come as csv, xlsx or pdf.')
}

function languageOf(request: Request, person: Person, config: Config): Language {
  const chosen = cookieOf(request, 'dataapp_locale') ?? person.locale ?? config.DATAAPP_LOCALE
  return chosen === 'en' ? 'en' : 'pt-BR'
}

const text = (name: string, width: number): Column => ({ name, kind: 'text', width })
const money = (name: string): Column => ({ name, kind: 'money', width: 0.15 })
const number = (name: string): Column => ({ name, kind: 'number', width: 0.1 })

function figureColumns(w: (typeof words)[Language]): Column[] {
  return [money(w.revenue), money(w.margin), number(w.units), number(w.sales), number(w.lines)]
}

const words = {
  'pt-BR': {
    titles: {
      stores: 'Lojas',
      sellers: 'Vendedores',
      products: 'Produtos',
      series: 'Ao longo do tempo',
      lines: 'Linhas de venda',
    },
    id: 'Código',
    name: 'Nome',
    detail: 'Detalhe',
    revenue: 'Receita',
    margin: 'Margem',
    cost: 'Custo',
    units: 'Unidades',
    sales: 'Vendas',
    lines: 'Linhas',
    before: 'Receita antes',
    day: 'Dia',
    store: 'Loja',
    seller: 'Vendedor',
    sale: 'Venda',
    product: 'Produto',
    page: (now: number, of: number) => `Página ${now} de ${of}`,
  },
  en: {
    titles: { stores: 'Stores', sellers: 'Sellers', products: 'Products', series: 'Over time', lines: 'Sale lines' },
    id: 'Code',
    name: 'Name',
    detail: 'Detail',
    revenue: 'Revenue',
    margin: 'Margin',
    cost: 'Cost',
    units: 'Units',
    sales: 'Sales',
    lines: 'Lines',
    before: 'Revenue before',
    day: 'Day',
    store: 'Store',
    seller: 'Seller',
    sale: 'Sale',
    product: 'Product',
    page: (now: number, of: number) => `Page ${now} of ${of}`,
  },
} as const
