import { createServer } from 'node:http'
import { answerQuestion } from '#shared/control.ts'
import { closeServer, listen } from '#shared/health.ts'
import { controlToken } from '#shared/home.ts'
import type { Parts, Running } from '#shared/parts.ts'
import { doPeopleJob, peopleJobSchema, peoplePath } from './people.ts'

/** Where `dataapp user` finds the running instance: on loopback only, for whoever may read the data directory. */
export async function peopleDoor({ config, settings }: Parts): Promise<Running & { url: string }> {
  const token = controlToken(config)
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== peoplePath) {
      response.writeHead(404).end()
      return
    }
    void answerQuestion(request, response, token, async body => doPeopleJob(settings, peopleJobSchema.parse(body)))
  })
  const port = await listen(server, 0, '127.0.0.1', true)
  return {
    url: `http://127.0.0.1:${port}`,
    failed: new Promise<never>(() => {}),
    stop: () => closeServer(server),
  }
}
