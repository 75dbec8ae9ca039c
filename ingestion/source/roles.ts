import type { Profile } from './profile.ts'

/** What a column can be for. */
export type Role =
  | 'sale'
  | 'line'
  | 'store'
  | 'storeName'
  | 'storeCity'
  | 'storeRegion'
  | 'soldAt'
  | 'time'
  | 'seller'
  | 'sellerName'
  | 'customer'
  | 'customerName'
  | 'product'
  | 'productName'
  | 'category'
  | 'subcategory'
  | 'brand'
  | 'unit'
  | 'quantity'
  | 'unitPrice'
  | 'discount'
  | 'discountShare'
  | 'revenue'
  | 'gross'
  | 'cost'
  | 'unitCost'
  | 'profit'
  | 'till'

export type Guess = { role: Role; profile: Profile; score: number }

type Rule = { role: Role; name: RegExp; not?: RegExp; fits: (profile: Profile) => boolean; weight: number }

const number = (p: Profile) => p.numeric > 0.9
const anything = (p: Profile) => p.filled > 0
const text = (p: Profile) => p.numeric < 0.5
const money = (p: Profile) =>
  p.numeric > 0.9 && p.dates.every(format => format === 'excel' || format.startsWith('YYYYMMDD'))

/** Words that exports use in their headers, in Portuguese, English and Spanish, without accents. The earlier rule of a role is the stronger. */
const rules: readonly Rule[] = [
  {
    role: 'soldAt',
    name: /^(data|date|dt|fecha)$|(order|sale|invoice|inv|purchase|trans|transaction|txn|trx|ticket|sold|bill|placed|ordered) ?(dt|on)$|(txn|trx|trans|inv).*(date|time)|data.*(venda|emiss|pedido|compra|moviment|fatur|transac|hora)|(order|sale|invoice|purchase|transaction|ticket|sold|bill).*(date|time|at\b)|fecha|^dt|data|date|timestamp|^dia$|\bday\b|sold ?at|datetime|datum|^ts$|created ?at|^jour$|^giorno$/,
    not: /nasc|birth|geburt|naiss|liefer|livr|consegna|entreg|ship|deliver|venc|due|requir|cadast|update|atualiz|fim|end/,
    fits: p => p.dates.length > 0,
    weight: 3,
  },
  { role: 'time', name: /hora|time|hour|zeit|heure|^ora$/, fits: p => p.clock, weight: 2 },
  {
    role: 'line',
    name: /^(item|linha|line|seq|sequencia|nr ?item|num ?item|item ?(no|nr|num|seq|id|number)?|line ?(no|nr|num|id|number|item)?|row ?id|posicao|position)$|(seq|numero|num|nr|no|id) ?(do )?(item|linha)|line ?(item )?(no|nr|num|id)|linha|^pos( ?nr)?$|^n item$|zeile|ligne|riga/,
    fits: p => p.filled > p.rows * 0.98 && p.numeric > 0.9 && p.whole > 0.99,
    weight: 2,
  },
  {
    role: 'sale',
    name: /(cupom|nota|nf|nfce|nfe|ticket|pedido|venda|fatura|comprovante|transac|documento|order|invoice|sale|receipt|transaction|basket|bill|check|factura|facture|folio|recibo|beleg|\bbon|kassenbon|rechnung|auftrag|bestellung|scontrino|ordine|commande|boleta)s?.*(id|no|nr|num|number|numero|cod|code|key|#)?$|^(id|num|nr|no|numero|cod)[ ._-]?(do |da )?(cupom|nota|nf|ticket|pedido|venda|fatura|transac|order|invoice|sale|receipt|trans)|^coo$|^doc/,
    not: /data|date|datum|betrag|montant|preis|prix|importo|menge|remise|rabatt|sconto|art$|bonus|valor|total|vlr|amount|price|preco|status|tipo|type|qtd|qty|quant|vendedor|seller|person|employee|hora|time|item|linha|line|custo|cost|unit|desconto|discount|day|method|mode|channel|canal|man$|executive|time$|dt$|placed on/,
    fits: p => p.filled > p.rows * 0.9,
    weight: 3,
  },
  {
    role: 'sale',
    name: /^(txn|trx|trans|tkt|rcpt|inv|vch|voucher|cbte|comprobante|slip)s? ?(id|no|nr|nro|num|number|numero|ref|code|#)?$|^(id|no|nr|nro|num|numero) ?(de )?(txn|trx|tkt|inv|boleta|factura|comprobante|recibo)$/,
    fits: p => p.filled > p.rows * 0.9,
    weight: 3,
  },
  {
    role: 'store',
    name: /(loja|filial|store|branch|shop|outlet|unidade|reseller|retailer|revenda|sucursal|tienda|estabelecimento|filiale|geschaft|magasin|boutique|negozio|standort|location)s?.*(id|cod|code|nr|num|key|number)|(id|cod|codigo|num|nr)[ ._-]?(da |do )?(loja|filial|store|branch|shop|unidade)|^(loja|filial|store|branch|shop|outlet|unidade|sucursal|tienda|estabelecimento|reseller|retailer|revenda|filiale|geschaft|markt|standort|magasin|boutique|negozio|punto vendita|winkel|location|plant|werk|cnpj emit(ente)?)$/,
    not: /nome|name|cidade|city|tipo|type|price|preco|valor/,
    fits: anything,
    weight: 3,
  },
  {
    role: 'store',
    name: /^(loja|filial|store|branch|shop|outlet|unidade|sucursal|tienda|site|local|location|depot) ?(no|nro|cd|cod|id|code|#)?$|^(no|nro|cd|cod) ?(loja|filial|store|branch|shop|outlet|sucursal|tienda|local)$/,
    fits: anything,
    weight: 3,
  },
  {
    role: 'storeName',
    name: /(nome|name|desc).*(loja|filial|store|branch|shop|unidade)|(loja|filial|store|branch|shop|unidade).*(nome|name|desc)/,
    fits: text,
    weight: 2,
  },
  { role: 'storeCity', name: /cidade|city|municipio|ciudad/, not: /client|custom/, fits: text, weight: 1 },
  {
    role: 'storeRegion',
    name: /^(uf|estado|state|region|regiao)$|uf$|province/,
    not: /client|custom/,
    fits: text,
    weight: 1,
  },
  {
    role: 'seller',
    name: /(vendedor|vendedora|seller|sales ?person|sales ?rep|employee|operador|atendente|caixa|cashier|funcionario|staff|clerk|associate|balconista|consultor).*(id|cod|code|nr|num|key|matricula)|(id|cod|codigo|matricula|mat)[ ._-]?(do |da )?(vendedor|seller|employee|operador|atendente|func)|^(vendedor|vendedora|seller|sales ?person|sales ?rep|employee|atendente|operador|cashier|consultor|funcionario|clerk|matricula|served by|sales employee|verkaufer(in)?|kassierer(in)?|mitarbeiter|bediener|vendeu(r|se)|caissi(er|ere)|venditore|cassiere)$|verkaufer ?(nr|id|nummer)/,
    not: /nome|name|comiss|total/,
    fits: anything,
    weight: 3,
  },
  {
    role: 'seller',
    name: /^(vendedor(a)?|cajer[oa]|cashier|salesman|sales ?(man|woman|executive|associate|staff)|operator|atendente|operador|server|waiter) ?(id|no|nr|nro|num|cod|code)?$|^(cod|id|cd|nro|no|mat) ?(vend|vendedor|cajero|cashier|oper|operador|salesman)$/,
    fits: anything,
    weight: 3,
  },
  {
    role: 'sellerName',
    name: /(nome|name).*(vendedor|seller|employee|atendente|operador)|(vendedor|seller|sales ?person|employee|atendente|operador).*(nome|name)/,
    fits: text,
    weight: 2,
  },
  {
    role: 'customer',
    name: /(cliente|customer|client|cust|consumidor|member|buyer|comprador).*(id|cod|code|nr|num|key|no)|(id|cod|codigo)[ ._-]?(do |da )?(cliente|customer|client)|^(cliente|customer|client|cpf|cpf cliente|consumidor|member|buyer|kunde|debitor)$|kunden? ?(nr|nummer|id)/,
    not: /nome|name|cidade|city|segment|tipo|type|email|mail|fone|phone|age|idade|gender|genero|sexo/,
    fits: anything,
    weight: 3,
  },
  {
    role: 'customer',
    name: /^(cod|id|cd|nro|no|num) ?(cli|clte|cust|consumidor|member)$|^(cli|clte) ?(cod|id|cd|nro|no|num)?$/,
    fits: anything,
    weight: 3,
  },
  {
    role: 'customerName',
    name: /(nome|name).*(cliente|customer|client)|(cliente|customer|client).*(nome|name)/,
    fits: text,
    weight: 2,
  },
  {
    role: 'product',
    name: /(produto|product|prod|sku|artigo|article|mercadoria|material|stock|item|articulo|variant).*(id|cod|code|nr|num|key|sku|number|no)$|^(id|cod|codigo|ref|cd)[ ._-]?(do |da |de )?(produto|product|prod|item|artigo|barras|mercadoria|interno)?$|^(sku|ean|gtin|plu|upc|referencia|ref|codigo|barcode|cod barras|code|reference|codice( articolo| prodotto)?|c prod)$|(produto|prod|item|artigo) codigo$|(artikel|art|waren) ?(nr|nummer|code)$/,
    not: /nome|name|desc|categ|preco|price|valor|valor|qtd|qty|quant|grupo|group|cliente|customer|vendedor|seller|loja|store|filial|line/,
    fits: p => p.filled > p.rows * 0.8,
    weight: 3,
  },
  {
    role: 'product',
    name: /^(items? )?(ndc|sku|ean|gtin|plu|upc|isbn|asin|mpn|barcode|bar code|style)s? ?(id|no|nr|num|number|cod|code|8|11|12|13|14)?$|^(cod|cd|codigo|cve|clave) ?(de )?(barras?|prod|produto|producto|art|articulo|merc|material)$/,
    fits: p => p.filled > p.rows * 0.8,
    weight: 3,
  },
  {
    role: 'product',
    name: /^(produto|product|item|artigo|article|mercadoria|articulo|material|sku description|artikel|produit|prodotto|articolo)$/,
    fits: p => p.filled > p.rows * 0.8,
    weight: 1.5,
  },
  {
    role: 'productName',
    name: /(nome|name|desc|descricao|description|titulo|title).*(produto|product|prod|item|artigo)|(produto|product|prod|item|artigo).*(nome|name|desc|titulo|title)|^(descricao|description|produto|product|item|mercadoria|descripcion|desc|nome|designation|libelle|descrizione)$|bezeichnung|artikelname|omschrijving|^x prod$/,
    not: /cliente|customer|vendedor|seller|loja|store|categ/,
    fits: text,
    weight: 2,
  },
  {
    role: 'category',
    name: /categ|departamento|department|secao|setor|familia|family|grupo|product ?line|group|warengruppe|kategorie|rayon|famille|reparto|abteilung/,
    not: /sub|cliente|customer/,
    fits: text,
    weight: 1,
  },
  { role: 'subcategory', name: /sub ?(categ|grupo|group|famil)/, fits: text, weight: 1 },
  { role: 'brand', name: /marca|brand|fabricante|manufacturer/, fits: text, weight: 1 },
  { role: 'unit', name: /^(un|und|unid|unidade medida|unit of measure|uom|medida)$/, fits: text, weight: 1 },
  {
    role: 'quantity',
    name: /qtd|qtde|quant|qty|units|^(nos|cant|cants|uds?|pzas?|piezas)$|^cant (vend|vendida)|pecas|unidades|pieces|cantidad|^pcs$|^q$|^q com$|menge|anzahl|stuck|^stk$|aantal|^qta$/,
    not: /estoque|stock|valor|total ?(venda|vlr)/,
    fits: number,
    weight: 3,
  },
  {
    role: 'till',
    name: /^(pdv|pos|caixa|terminal|ecf|register|till|checkout|lane|kasse|caisse|cassa)(n? ?(id|no|nr|num|number|nummer))?$|^(id|nr|num|no) (pdv|caixa|terminal|caisse|cassa)$/,
    fits: anything,
    weight: 1,
  },
  {
    role: 'profit',
    name: /^(gross |net |operating )?(profit|income|earnings)$|^lucro( bruto| liquido)?$|^margem( bruta)?( r| valor)?$|^resultado$/,
    fits: money,
    weight: 2,
  },
  {
    role: 'unitCost',
    name: /(custo|cost|cmv|costo).*(unit|un\b|medio|padrao|each|piece|price)|(unit|standard|std|avg|preco|price).*(custo|cost)|einkaufspreis|^ek( preis)?$|prix (d )?achat|prezzo (d )?acquisto/,
    fits: money,
    weight: 3,
  },
  {
    role: 'cost',
    name: /custo|cost|cmv|cogs|costo/,
    not: /unit|medio|ship|frete|centro|center/,
    fits: money,
    weight: 2,
  },
  {
    role: 'discountShare',
    name: /(desc|disc|rebate|dscto|off|rabatt|remise|sconto).*(%|prozent|perc|pct|rate|share|taxa)|(%|perc|pct|taxa).*(desc|disc)|%/,
    not: /imposto|tax|icms|margem|margin|gross/,
    fits: number,
    weight: 3,
  },
  {
    role: 'discount',
    name: /desconto|discount|dscto|descuento|abatim|rebate|rabatt|nachlass|remise|sconto|korting|^v desc$|^desc|(vlr|valor|vl)[ ._]?desc|^disc/,
    not: /descri|description|perc|pct|%/,
    fits: number,
    weight: 2,
  },
  {
    role: 'revenue',
    name: /(total|valor|vlr|vl|amount|value|net|liquid|sales|revenue|receita|fatur|subtotal|importe|extended|line).*(liquid|net|total|item|linha|line|amount|venda|price|pago|paid|value)|^(total|sales|revenue|amount|valor|receita|faturamento|importe|vlr total|valor total|net|turnover|line total|venda|sale|subtotal|montante)$|liquido|^net (sales|price|revenue|total|value)$|^(total|subtotal|montante)|gesamt|betrag|umsatz|^summe$|^montant|^importo|^totale|^bedrag$/,
    not: /unit|custo|cost|desc|disc|tax|impost|frete|gross|brut|cupom|nota|ticket|order|pedido|qtd|quant|date|data|margin|margem|profit|lucro|id$|invoice|comiss|person|rep\b/,
    fits: money,
    weight: 2,
  },
  {
    role: 'revenue',
    name: /^((net|line|ext|extended|sales?|total|paid|items?|row) )?(amt|amount)( paid)?$|^(ext|extended) (price|value)$|^(vl|vlr|valor|importe|monto) ?(liq|neto|liquido|pago|pagado)$|^(neto|monto|valor pago)$|^items? (total|subtotal)$/,
    fits: money,
    weight: 2,
  },
  {
    role: 'gross',
    name: /brut|gross|^v prod$/,
    not: /margin|margem|profit|lucro|income|peso|weight/,
    fits: money,
    weight: 2,
  },
  {
    role: 'unitPrice',
    name: /(preco|price|valor|vlr|vl|pvp|precio).*(unit|un\b|uni\b|venda|each|piece|item)|unit.*(price|value|preco|valor|retail)|^(preco|price|pvp|vlr unit|precio|rate|punit|p\.? ?unit|unitario)$|price|preco|precio|preis|prix|prezzo|prijs|^pu( ht| ttc)?$|^v un com$/,
    not: /gesamt|einkauf|achat|acquisto|total|custo|cost|list|tabela|desc|^ext/,
    fits: money,
    weight: 3,
  },
  // The price that is printed on the goods: what they sell for where nothing says otherwise.
  { role: 'unitPrice', name: /^(mrp|rrp|srp|pvp|max(imum)? retail price)$/, fits: money, weight: 0.5 },
  { role: 'unitPrice', name: /^pr ?(venda|vda|unit)$/, fits: money, weight: 3 },
]

/** Headers as they are compared: without accents, case and punctuation; camelCase and snake_case become words. */
export function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9%#]+/g, ' ')
    .replace(/\br s\b/g, '')
    .trim()
}

/** Whether a column's name alone says that it identifies a sale. */
export function isSaleName(name: string): boolean {
  const plain = plainName(name)
  return rules.some(rule => rule.role === 'sale' && rule.name.test(plain) && rule.not?.test(plain) !== true)
}

/** Gives each role the column that fits it best; a column has one role only. Strong names come first. */
export function guessRoles(
  profiles: readonly Profile[],
  allows: (role: Role, profile: Profile) => boolean = () => true,
): Map<Role, Profile> {
  const guesses: Guess[] = []
  for (const profile of profiles) {
    const name = plainName(profile.called ?? profile.name)
    for (const rule of rules) {
      if (!rule.name.test(name) || rule.not?.test(name) === true || !rule.fits(profile)) continue
      if (!allows(rule.role, profile)) continue
      const match = rule.name.exec(name)
      const cover = (match?.[0].length ?? 0) / Math.max(1, name.length)
      guesses.push({ role: rule.role, profile, score: rule.weight + cover * 2 - profile.index * 0.01 })
    }
  }
  guesses.sort((a, b) => b.score - a.score)
  const taken = new Set<number>()
  const roles = new Map<Role, Profile>()
  for (const { role, profile } of guesses) {
    if (roles.has(role) || taken.has(profile.index)) continue
    roles.set(role, profile)
    taken.add(profile.index)
  }
  return roles
}
