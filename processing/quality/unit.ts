/** Units of measure as shops write them, by their plain small letters. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  un: [
    'un',
    'und',
    'unid',
    'unidade',
    'unidades',
    'uni',
    'unit',
    'units',
    'each',
    'ea',
    'pc',
    'pcs',
    'pç',
    'pça',
    'peça',
    'peca',
    'piece',
    'pieces',
  ],
  kg: ['kg', 'kgs', 'kilo', 'kilos', 'quilo', 'quilos', 'quilograma', 'quilogramas', 'kilogram', 'kilograms'],
  g: ['g', 'gr', 'grs', 'grama', 'gramas', 'gram', 'grams'],
  l: ['l', 'lt', 'lts', 'litro', 'litros', 'liter', 'liters', 'litre', 'litres'],
  ml: ['ml', 'mililitro', 'mililitros', 'milliliter', 'milliliters', 'millilitre', 'millilitres'],
  m: ['m', 'mt', 'mts', 'metro', 'metros', 'meter', 'meters', 'metre', 'metres'],
  cm: ['cm', 'centimetro', 'centímetro', 'centimetros', 'centímetros', 'centimeter', 'centimeters'],
  cx: ['cx', 'cxs', 'caixa', 'caixas', 'box', 'boxes'],
  pct: ['pct', 'pcte', 'pacote', 'pacotes', 'pack', 'packs', 'package', 'packages'],
  dz: ['dz', 'dúzia', 'duzia', 'dúzias', 'duzias', 'dozen', 'dozens'],
  par: ['par', 'pares', 'pair', 'pairs'],
}
const byName = new Map(Object.entries(spellings).flatMap(([unit, names]) => names.map(name => [name, unit] as const)))

/** One spelling for one unit: `KG`, `Kg.` and `quilo` are `kg`. What is none of the known ones stays as it is. */
export function cleanUnit(text: string): string {
  return byName.get(text.toLowerCase().replace(/\.$/, '')) ?? text
}
