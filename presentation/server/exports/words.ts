import type { Dimension, Metric } from '../reports/definition.ts'

type Words = {
  of: Record<Metric | Dimension, string>
  sales: string
  before: string
  detail: string
  total: string
  period: (from: string, to: string) => string
  stores: (ids: string) => string
  sellers: (ids: string) => string
  products: (ids: string) => string
  categories: (names: string) => string
  cutOff: (rows: number) => string
  linesFrom: (day: string) => string
  page: (now: number, of: number) => string
  tables: Record<'series' | 'stores' | 'sellers' | 'products', string>
  mail: { subject: (report: string) => string; body: (report: string) => string; open: string }
}

const pt: Words = {
  of: {
    revenue: 'Receita',
    cost: 'Custo',
    margin: 'Margem',
    marginShare: 'Margem %',
    units: 'Unidades',
    sales: 'Vendas',
    lines: 'Linhas',
    averageTicket: 'Ticket médio',
    day: 'Dia',
    week: 'Semana de',
    month: 'Mês',
    year: 'Ano',
    store: 'Loja',
    city: 'Cidade',
    region: 'Região',
    country: 'País',
    seller: 'Vendedor',
    category: 'Categoria',
    subcategory: 'Subcategoria',
    product: 'Produto',
  },
  sales: 'Vendas',
  before: 'Receita na comparação',
  detail: 'Detalhe',
  total: 'Total',
  period: (from, to) => `Período: ${from} a ${to}`,
  stores: ids => `Lojas: ${ids}`,
  sellers: ids => `Vendedores: ${ids}`,
  products: ids => `Produtos: ${ids}`,
  categories: names => `Categorias: ${names}`,
  linesFrom: day =>
    `Linhas de venda são guardadas desde ${day}. O que é contado nelas deixa de fora o que foi vendido antes.`,
  cutOff: rows => `Mostra as primeiras ${rows} linhas; o total é de todas.`,
  page: (now, of) => `Página ${now} de ${of}`,
  tables: { series: 'Evolução', stores: 'Lojas', sellers: 'Vendedores', products: 'Produtos' },
  mail: {
    subject: report => `Relatório: ${report}`,
    body: report => `Segue em anexo o relatório “${report}”, com o que você pode ver.`,
    open: 'Abrir no painel',
  },
}

const en: Words = {
  of: {
    revenue: 'Revenue',
    cost: 'Cost',
    margin: 'Margin',
    marginShare: 'Margin %',
    units: 'Units',
    sales: 'Sales',
    lines: 'Lines',
    averageTicket: 'Average ticket',
    day: 'Day',
    week: 'Week of',
    month: 'Month',
    year: 'Year',
    store: 'Store',
    city: 'City',
    region: 'Region',
    country: 'Country',
    seller: 'Seller',
    category: 'Category',
    subcategory: 'Subcategory',
    product: 'Product',
  },
  sales: 'Sales',
  before: 'Revenue in comparison',
  detail: 'Detail',
  total: 'Total',
  period: (from, to) => `Period: ${from} to ${to}`,
  stores: ids => `Stores: ${ids}`,
  sellers: ids => `Sellers: ${ids}`,
  products: ids => `Products: ${ids}`,
  categories: names => `Categories: ${names}`,
  linesFrom: day => `Sale lines are kept since ${day}. What is counted on them leaves out what was sold before.`,
  cutOff: rows => `Shows the first ${rows} rows; the total is of all.`,
  page: (now, of) => `Page ${now} of ${of}`,
  tables: { series: 'Over time', stores: 'Stores', sellers: 'Sellers', products: 'Products' },
  mail: {
    subject: report => `Report: ${report}`,
    body: report => `Attached is the report “${report}”, with what you may see.`,
    open: 'Open the dashboard',
  },
}

export function words(locale: 'pt-BR' | 'en'): Words {
  return locale === 'en' ? en : pt
}
