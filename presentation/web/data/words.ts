import { ownOf } from '#shared/own.ts'
import type { Widened } from '../widened.ts'
import { locale } from '../words.ts'

const pt = {
  /** The rules that hold without a file of one's own; what a chain has named itself is called that. */
  ruleNames: {
    'product-known': 'produto sem cadastro',
    'store-known': 'loja sem cadastro',
    'seller-known': 'vendedor sem cadastro',
    'below-cost': 'abaixo do custo',
    'service-codes': 'serviço',
    'return-without-sale': 'devolução sem venda',
    'told-twice': 'contada duas vezes',
    'product-case': 'código com outra caixa',
    'quantity-plausible': 'quantidade improvável',
    'price-not-negative': 'preço negativo',
    'still-arriving': 'parou de chegar',
    'usual-volume': 'volume fora do normal',
  },
  title: 'Dados',
  tabs: { sources: 'Fontes', quality: 'Qualidade', files: 'Arquivos', rejected: 'Recusados' },
  kinds: { files: 'arquivos', table: 'tabela', told: 'ao vivo, por HTTP' },
  arrived: 'Última chegada',
  newest: 'Venda mais recente',
  describes: 'só cadastro',
  rows: 'Linhas lidas',
  sales: 'Vendas recebidas',
  accepted: 'Aceitas',
  duplicates: 'Repetidas',
  rejected: 'Recusadas',
  waiting: (count: string) => `${count} linhas recusadas`,
  oneWaiting: '1 linha recusada',
  nothingWaiting: 'Nenhuma linha recusada',
  nothing: 'Nada chegou ainda',
  nothingHint:
    'Coloque um arquivo em inbox/<fonte>/ na pasta de dados, ou ligue uma loja por HTTP. Ele aparece aqui sozinho.',
  file: 'Arquivo',
  files: (count: string) => `${count} arquivos`,
  oneFile: '1 arquivo',
  states: { reading: 'Lendo', done: 'Lido', stopped: 'Parado' },
  when: 'Quando',
  source: 'Fonte',
  day: 'Dia',
  days: (count: string) => `${count} dias`,
  flagged: 'Sinalizadas',
  rules: 'Por regra',
  severities: { reject: 'recusa', flag: 'sinaliza', correct: 'corrige' },
  arrivals: 'O que chegou',
  standing: 'O que as regras encontram nas vendas',
  saleDay: 'Dia da venda',
  lines: 'Linhas',
  noQuality: 'Nada foi lido nestes dias.',
  noFiles: 'Nenhum arquivo ainda.',
  everySource: 'Todas as fontes',
  open: 'À espera',
  replayed: 'Resolvidas',
  all: 'Todas',
  clean: 'Nenhuma linha recusada aqui',
  cleanHint:
    'Quando uma linha de um arquivo não puder ser usada, ela aparece aqui com o motivo, e você pode corrigi-la.',
  line: (file: string, line: number) => (line === 0 ? file : `${file}, linha ${line}`),
  correct: 'Corrigir',
  look: 'Ver',
  back: 'Voltar às recusadas',
  asItCame: 'Como veio',
  change: 'Mude o que está errado. O original fica guardado, e a mudança entra na trilha de auditoria.',
  asText: 'Esta linha não tem as mesmas colunas do arquivo: corrija o texto inteiro.',
  save: 'Corrigir e ler de novo',
  asIs: 'Ler de novo como está',
  reading: 'Lendo de novo…',
  slow: 'Ainda na fila: a ingestão lê assim que puder. Pode sair desta página.',
  good: 'Corrigida: a linha já conta nos números.',
  seeLines: 'Ver as linhas de venda',
  still: (why: string) => `Ainda não dá para usar. ${why}`,
  notHere: 'Esta linha não veio de um arquivo: corrija no sistema da loja, que a envia de novo.',
  wasBy: (who: string) => `Corrigida por ${who}`,
  retried: (who: string) => `Lida de novo por ${who}`,
  inHand: 'Na fila para ler de novo',
  replayAll: 'Ler todas desta fonte de novo',
  replayedAll: (done: string, still: string) => `${done} agora contam; ${still} ainda não.`,
  page: { older: 'Mais antigas', newer: 'Mais recentes' },
  reason: 'Motivo',
  why: {
    date: (value: string) => `${value} não é uma data no formato da fonte`,
    number: (value: string) => `${value} não é um número, ou pode ser lido de dois modos`,
    missing: () => 'está vazio',
    unreadable: (value: string) => `${value} não pode ser lido`,
    columns: () => 'A linha tem outro número de campos que o cabeçalho',
    json: () => 'A linha não é um objeto JSON',
    join: (value: string) => `${value} não existe no outro arquivo`,
    skipped: () => 'Posta de lado pela fonte, de propósito',
    'line-twice': () => 'A mesma linha da venda veio antes com outros valores',
    message: () => 'A mensagem não pôde ser entendida',
    retention: (value: string) =>
      `${value} é de um mês cujas linhas não são mais guardadas; as somas dele ficam como estão`,
  },
  fields: {
    store: 'loja',
    sale: 'venda',
    soldAt: 'data',
    seller: 'vendedor',
    customer: 'cliente',
    line: 'linha',
    product: 'produto',
    quantity: 'quantidade',
    unitPrice: 'preço',
    discount: 'desconto',
    revenue: 'receita',
    cost: 'custo',
  },
  breaks: (value: string, rule: string) => `${value} quebra a regra “${rule}”`,
} as const

const en: Widened<typeof pt> = {
  /** The rules that hold without a file of one's own; what a chain has named itself is called that. */
  ruleNames: {
    'product-known': 'product not described',
    'store-known': 'store not described',
    'seller-known': 'seller not described',
    'below-cost': 'below cost',
    'service-codes': 'service',
    'return-without-sale': 'return without sale',
    'told-twice': 'told twice',
    'product-case': 'code in another case',
    'quantity-plausible': 'unlikely quantity',
    'price-not-negative': 'negative price',
    'still-arriving': 'stopped arriving',
    'usual-volume': 'unusual volume',
  },
  title: 'Data',
  tabs: { sources: 'Sources', quality: 'Quality', files: 'Files', rejected: 'Rejected' },
  kinds: { files: 'files', table: 'table', told: 'live, over HTTP' },
  arrived: 'Last arrival',
  newest: 'Latest sale',
  describes: 'describes, sells nothing',
  rows: 'Rows read',
  sales: 'Sales told',
  accepted: 'Accepted',
  duplicates: 'Repeated',
  rejected: 'Rejected',
  waiting: count => `${count} rejected rows wait`,
  oneWaiting: '1 rejected row waits',
  nothingWaiting: 'Nothing rejected waits',
  nothing: 'Nothing has arrived yet',
  nothingHint:
    'Put a file into inbox/<source>/ in the data directory, or connect a shop over HTTP. It shows up here by itself.',
  file: 'File',
  files: count => `${count} files`,
  oneFile: '1 file',
  states: { reading: 'Being read', done: 'Read', stopped: 'Stopped' },
  when: 'When',
  source: 'Source',
  day: 'Day',
  days: count => `${count} days`,
  flagged: 'Flagged',
  rules: 'By rule',
  severities: { reject: 'rejects', flag: 'flags', correct: 'corrects' },
  arrivals: 'What arrived',
  standing: 'What the rules find in the sales',
  saleDay: 'Day of sale',
  lines: 'Lines',
  noQuality: 'Nothing was read in these days.',
  noFiles: 'No files yet.',
  everySource: 'All sources',
  open: 'Waiting',
  replayed: 'Dealt with',
  all: 'All',
  clean: 'No rejected rows here',
  cleanHint: 'When a row of a file can not be used it shows up here with the reason, and you can correct it.',
  line: (file, line) => (line === 0 ? file : `${file}, line ${line}`),
  correct: 'Correct',
  look: 'Look',
  back: 'Back to the rejected rows',
  asItCame: 'As it came',
  change: 'Change what is wrong. The original is kept, and the change goes into the audit trail.',
  asText: 'This row has other columns than its file: correct its whole text.',
  save: 'Correct and read again',
  asIs: 'Read again as it is',
  reading: 'Reading it again…',
  slow: 'Still in the queue: ingestion reads it as soon as it can. You may leave this page.',
  good: 'Corrected: the row counts in the numbers now.',
  seeLines: 'See the sale lines',
  still: why => `It still can not be used. ${why}`,
  notHere: 'This row did not come from a file: correct it in the shop system, which sends it again.',
  wasBy: who => `Corrected by ${who}`,
  retried: who => `Read again by ${who}`,
  inHand: 'Queued to be read again',
  replayAll: "Read all of this source's again",
  replayedAll: (done, still) => `${done} count now; ${still} still do not.`,
  page: { older: 'Older', newer: 'Newer' },
  reason: 'Reason',
  why: {
    date: value => `${value} is not a date in the source's format`,
    number: value => `${value} is not a number, or can be read in two ways`,
    missing: () => 'is empty',
    unreadable: value => `${value} can not be read`,
    columns: () => 'The row has another number of fields than the header',
    json: () => 'The row is not a JSON object',
    join: value => `${value} does not exist in the other file`,
    skipped: () => 'Set aside by the source, on purpose',
    'line-twice': () => 'The same line of the sale came before with other values',
    message: () => 'The message could not be understood',
    retention: value => `${value} is in a month whose lines are no longer kept; its sums stand as they are`,
  },
  fields: {
    store: 'store',
    sale: 'sale',
    soldAt: 'date',
    seller: 'seller',
    customer: 'customer',
    line: 'line',
    product: 'product',
    quantity: 'quantity',
    unitPrice: 'price',
    discount: 'discount',
    revenue: 'revenue',
    cost: 'cost',
  },
  breaks: (value, rule) => `${value} breaks the rule “${rule}”`,
}

/** The texts of the data page: they come along with it. */
export function dataWords(): Widened<typeof pt> {
  return locale() === 'en' ? en : pt
}

/** Why a record could not be used, in the page's language; what the platform says where the rule has no words here. */
export function reasonOf({ step, rule, field, message }: Why): string {
  const w = dataWords()
  const value = /"((?:[^"]|"(?! (?:is|breaks|can|has|does)))*)"/.exec(message)?.[1]
  const quoted = value === undefined ? '' : `“${value}”`
  const name = field === '' ? '' : `${fieldName(field)}: `
  if (step === 'processing' && rule !== 'message' && rule !== 'retention') return `${name}${w.breaks(quoted, rule)}`
  const known = isKnown(rule) ? w.why[rule](quoted) : message
  return `${name}${known}`
}

/** A field of a sale in the page's language; a file's own column as it is called there. */
export function fieldName(field: string): string {
  const { fields } = dataWords()
  const named: Record<string, string> = fields
  return ownOf(named, field) ?? field
}

type Why = { step: 'ingestion' | 'processing'; rule: string; field: string; message: string }

function isKnown(rule: string): rule is keyof ReturnType<typeof dataWords>['why'] {
  return Object.hasOwn(dataWords().why, rule)
}

/** What a rule of quality is called: by its words where it is one of the usual ones, by its own name otherwise. */
export function ruleName(rule: string): string {
  return Object.entries(dataWords().ruleNames).find(([known]) => known === rule)?.[1] ?? rule
}
