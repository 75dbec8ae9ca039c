import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { bodyOf } from './body.ts'
import { DataAppError, type ErrorCode, messageOf } from './error.ts'
import { parseJson } from './json.ts'

/*
 * How a command on this machine has something done by the instance that runs on its data directory: it posts JSON with the directory's token, and a failure comes
 * back as the code, message and hint that it would have had in the command's own process.
 */

/** In bytes. The longest question adds a manager with a long list of stores. */
const longestQuestion = 100_000

export const refusalSchema = z.strictObject({ code: z.string(), message: z.string(), hint: z.string() })
export type Refusal = z.infer<typeof refusalSchema>

/** Whether whoever asks has the token. How long that takes says nothing about the token. */
export function mayAsk(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const expected = Buffer.from(`Bearer ${token}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** What is asked; undefined when it is too long or no JSON, or when whoever asked has gone away. */
export async function questionIn(request: IncomingMessage): Promise<unknown> {
  const body = await bodyOf(request, longestQuestion).catch(() => undefined)
  return typeof body === 'object' ? parseJson(body.text) : undefined
}

/** A failure as it is sent. */
export function refusalOf(error: unknown): Refusal {
  const { code, hint } = error instanceof DataAppError ? error : { code: 'UNKNOWN', hint: '' }
  return { code, message: messageOf(error), hint }
}

/** The failure that was sent. */
export function errorOf({ code, message, hint }: Refusal): DataAppError {
  return new DataAppError(codeOf(code), message, { hint })
}

/** The instance's side of a question that has one answer. */
export async function answerQuestion(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  answer: (question: unknown) => Promise<unknown>,
): Promise<void> {
  const send = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (!mayAsk(request, token)) {
    send(401, {})
    return
  }
  try {
    send(200, await answer(await questionIn(request)))
  } catch (error) {
    send(409, refusalOf(error))
  }
}

/** The command's side of a question. Rejects with the instance's own coded error, or with `CONTROL_REFUSED` when it does not let this command ask. */
export async function askInstance(url: URL, token: string, question: unknown): Promise<unknown> {
  const answer = await postTo(url, token, question)
  const body = parseJson(await answer.text())
  if (answer.ok) return body
  const refusal = refusalSchema.safeParse(body)
  throw refusal.success ? errorOf(refusal.data) : notLetIn(answer.status)
}

/** Posts a question; resolves with the answer as it begins. */
export function postTo(url: URL, token: string, question: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** An answer that is none of the instance's refusals: it does not know this command. */
export function notLetIn(status: number): DataAppError {
  return new DataAppError('CONTROL_REFUSED', `The running instance refused the job (${status}).`, {
    hint: 'Is it of the same version as this command, and on the same DATAAPP_HOME?',
  })
}

function codeOf(text: string): ErrorCode {
  const upper = text.toUpperCase()
  return isUpper(upper) ? upper : 'UNKNOWN'
}

function isUpper(text: string): text is Uppercase<string> {
  return text === text.toUpperCase()
}
