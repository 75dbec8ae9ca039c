import type { Request } from 'express'
import type { Config } from '#shared/config.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Ask } from './ask.ts'
import { audit } from './audit.ts'
import { fileOf } from './exports/file.ts'
import { mannerOf } from './exports/manner.ts'
import { sendFile } from './exports/send.ts'
import { type Column, type Format, formats, type Manner, type Sheet } from './exports/sheet.ts'
import { shown } from './exports/shown.ts'
import { words as wordsOf } from './exports/words.ts'
import type { Definite, FiguresDesk } from './figures.ts'
import { overTimeSchema } from './figures-schema.ts'
import { linesFrom } from './kept-lines.ts'
import { linesOf } from './lines.ts'
import { toMicros } from './money.ts'
import type { Person } from './person.ts'
import { Problem } from './problem.ts'
import { type Route, route } from './route.ts'
import { addressOf } from './session-routes.ts'
import { cookieOf } from './signed.ts'

const mostLines = 50_000
type Parts = { desk: FiguresDesk; settings: Settings; config: Config }

/** What is on the page, taken away: the same questions, the same scope, the same amounts. */
export function exportRoutes({ desk, settings, config }: Parts): Route[] {
  return [
    route({
      method: 'get',
      path: '/exports/:what/:format',
      door: 'exports.read',
      summary: 'stores, sellers, products, series (by `grain`) or lines as csv, xlsx or pdf (lines: at most 50,000)',
      query: overTimeSchema,
      run: async ({ person, query, params, ask, request, response }) => {
        const format = formatOf(params.format)
        const definite = await desk.definite(person, query)
        const manner = mannerOf(config, person, languageOf(request, person, config))
        const sheet = await sheetOf(params.what, { desk, ask, person, definite, manner, config })
        await audit(settings, {
          person: person.id,
          action: 'data-exported',
          subject: `${params.what}.${format}`,
          address: addressOf(request),
          details: { ...definite.period, rows: sheet.rows.length },
        })
        const file = await fileOf(sheet, format, manner)
        const extension = file.name.slice(file.name.lastIndexOf('.'))
        sendFile(response, {
          ...file,
          name: `${params.what}-${definite.period.from}-${definite.period.to}${extension}`,
        })
      },
    }),
  ]
}

type Asked = {
  desk: FiguresDesk
  ask: Ask
  person: Person
  definite: Definite
  manner: Manner
  config: Config
}
type Language = 'pt-BR' | 'en'

async function sheetOf(what: string, asked: Asked): Promise<Sheet> {
  const { desk, ask, person, definite, manner, config } = asked
  const w = words[manner.locale]
  const { from, to } = definite.period
  const day = (text: string) => shown(text, 'day', manner)
  const notes = [`${day(from)} – ${day(to)} · ${config.DATAAPP_CHAIN_NAME} · ${config.DATAAPP_CURRENCY}`]
  switch (what) {
    case 'stores':
    case 'sellers':
    case 'products': {
      const { items } = await desk.ranking(person, what, definite, { by: 'revenue', order: 'desc', limit: 100_000 })
      return {
        title: w.titles[what],
        notes,
        columns: [text(w.id), text(w.name), text(w.detail), ...figureColumns(w), money(w.before)],
        rows: items.map(i => [
          i.id,
          i.name,
          i.detail,
          toMicros(i.revenue),
          toMicros(i.margin),
          i.units,
          i.sales,
          i.lines,
          toMicros(i.before),
        ]),
        total: undefined,
      }
    }
    case 'series': {
      const { points, grain } = await desk.series(person, definite)
      return {
        title: w.titles.series,
        notes,
        columns: [{ name: wordsOf(manner.locale).of[grain], kind: 'day' }, ...figureColumns(w)],
        rows: points.map(p => [p.day, toMicros(p.revenue), toMicros(p.margin), p.units, p.sales, p.lines]),
        total: undefined,
      }
    }
    case 'lines': {
      const [items, kept] = await Promise.all([
        linesOf(ask, person, definite, { limit: mostLines, offset: 0 }),
        desk.kept(person),
      ])
      const first = linesFrom(kept, definite.period)
      return {
        title: w.titles.lines,
        notes: first === null ? notes : [...notes, wordsOf(manner.locale).linesFrom(day(first))],
        columns: [
          { name: w.day, kind: 'day' },
          text(w.store),
          text(w.seller),
          text(w.sale),
          text(w.product),
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
          toMicros(l.revenue),
          l.cost === null ? null : toMicros(l.cost),
        ]),
        total: undefined,
      }
    }
    default:
      throw new Problem('not-found', 'There are exports of stores, sellers, products, series and lines.')
  }
}

function formatOf(text: string): Format {
  const format = formats.find(known => known === text)
  if (format === undefined) throw new Problem('not-found', `Exports come as ${formats.join(', ')}.`)
  return format
}

function languageOf(request: Request, person: Person, config: Config): Language {
  const chosen = cookieOf(request, 'dataapp_locale') ?? person.locale ?? config.DATAAPP_LOCALE
  return chosen === 'en' ? 'en' : 'pt-BR'
}

const text = (name: string): Column => ({ name, kind: 'text' })
const money = (name: string): Column => ({ name, kind: 'money' })
const number = (name: string): Column => ({ name, kind: 'number' })

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
  },
} as const
