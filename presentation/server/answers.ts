import { type Person, scopeKey } from './person.ts'

const kept = 5_000
/** News may be lost on its way to this instance; then an answer is wrong no longer than this. */
const keptMs = 60_000

/**
 * Answers that are the same for everybody who sees the same rows, kept as they go out until the data changes: a thousand browsers that ask again after
 * the same news cost one question.
 */
export class Answers {
  readonly #answers = new Map<string, { text: Promise<string>; until: number }>()

  once(person: Person, what: string, work: () => Promise<string>): Promise<string> {
    const key = `${scopeKey(person)}\n${what}`
    const now = performance.now()
    const known = this.#answers.get(key)
    if (known !== undefined && known.until > now) return known.text
    if (this.#answers.size >= kept) this.#answers.clear()
    const answer = { text: work(), until: now + keptMs }
    this.#answers.set(key, answer)
    answer.text.catch(() => {
      if (this.#answers.get(key) === answer) this.#answers.delete(key)
    })
    return answer.text
  }

  forget(): void {
    this.#answers.clear()
  }
}
