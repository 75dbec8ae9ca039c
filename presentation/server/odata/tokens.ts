import { wrongAt } from './refusal.ts'

export type TokenKind = 'instant' | 'date' | 'decimal' | 'integer' | 'string' | 'word' | 'sign' | 'end'
export type Token = { kind: TokenKind; text: string; at: number }

const shapes: readonly (readonly [TokenKind, RegExp])[] = [
  // A plus sign in an address may arrive as a blank.
  ['instant', /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?(?:Z|[+\- ]\d{2}:\d{2})/y],
  ['date', /\d{4}-\d{2}-\d{2}/y],
  ['decimal', /-?\d+\.\d+/y],
  ['integer', /-?\d+/y],
  ['string', /'(?:[^']|'')*'/y],
  ['word', /[A-Za-z_$][A-Za-z0-9_]*/y],
  ['sign', /[(),/=*]/y],
]
const mostTokens = 4_000

/** The tokens of one query option; reading goes forward only. */
export class Tokens {
  readonly target: string
  readonly #text: string
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(target: string, text: string) {
    this.target = target
    this.#text = text
    this.#tokens = tokensOf(target, text)
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#next + ahead] ?? { kind: 'end', text: '', at: this.#text.length }
  }

  take(): Token {
    const token = this.peek()
    this.#next++
    return token
  }

  /** Whether the next token is this one; takes it if so. */
  skip(text: string): boolean {
    const { kind, text: found } = this.peek()
    if (found !== text || kind === 'string') return false
    this.#next++
    return true
  }

  expect(text: string): void {
    if (!this.skip(text)) throw this.wrong(`expected ${text}`)
  }

  word(what: string): string {
    const token = this.peek()
    if (token.kind !== 'word') throw this.wrong(`expected ${what}`)
    this.#next++
    return token.text
  }

  end(): void {
    if (this.peek().kind !== 'end') throw this.wrong('did not expect this')
  }

  wrong(why: string): Error {
    return wrongAt(this.target, this.#text, this.peek().at, why)
  }
}

function tokensOf(target: string, text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at++
      continue
    }
    const token = tokenAt(text, at)
    if (token === undefined) throw wrongAt(target, text, at, 'can not read this')
    if (tokens.length >= mostTokens) throw wrongAt(target, text, at, `more than ${mostTokens} words`)
    tokens.push(token)
    at += token.text.length
  }
  return tokens
}

function tokenAt(text: string, at: number): Token | undefined {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at
    const found = shape.exec(text)?.[0]
    if (found !== undefined) return { kind, text: found, at }
  }
  return undefined
}
