import { createHmac } from 'node:crypto'
import type { Settings } from '#shared/settings/settings.ts'
import { postJson } from './post.ts'

/** The signature of a body: HMAC-SHA256 over `timestamp.body`, as hex. Receivers compute the same and compare; an old timestamp is a replay. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')

/** Posts one alert to its owner's webhook. Answers other than 2xx throw; an owner without a webhook is none to post to, and that is well. */
export async function postWebhook(settings: Settings, owner: string, id: string, message: unknown): Promise<void> {
  const [hook] = await settings.query<{ url: string; secret: string }>(
    'SELECT url, secret FROM alert_webhooks WHERE owner = $1',
    [owner],
  )
  if (hook === undefined) return
  const body = JSON.stringify(message)
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = `sha256=${signatureOf(hook.secret, timestamp, body)}`
  const headers = { 'x-dataapp-id': id, 'x-dataapp-timestamp': timestamp, 'x-dataapp-signature': signature }
  const status = await postJson(new URL(hook.url), headers, body)
  if (status < 200 || status > 299) throw new Error(`the webhook answered ${status}`)
}
