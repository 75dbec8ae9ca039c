import { type Person, scopeKey } from './person.ts'

const kept = 5_000

/**
 * Answers that are the same for everybody who sees the same rows, kept as they go out until the data changes: a thousand browsers that ask again after
 * the same news cost one question.
 */
export class Answers {
  readonly #answers = new Map<string, Promise<string>>()

  once(person: Person, what: string, work: () => Promise<string>): Promise<string> {
    const key = `${scopeKey(person)}\n${what}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    if (this.#answers.size >= kept) this.#answers.clear()
    const answer = work()
    this.#answers.set(key, answer)
    answer.catch(() => {
      if (this.#answers.get(key) === answer) this.#answers.delete(key)
    })
    return answer
  }

  forget(): void {
    this.#answers.clear()
  }
}
