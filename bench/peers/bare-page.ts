import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import express from 'express'

const script = `
import { CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement } from 'chart.js'
Chart.register(LineController, LineElement, PointElement, LinearScale, CategoryScale)
let chart
const show = async days => {
  const { points } = await (await fetch('/data?days=' + days)).json()
  document.querySelectorAll('.figure').forEach((figure, i) => { figure.textContent = String(points.length * (i + 1)) })
  document.querySelectorAll('tbody').forEach(body => { body.innerHTML = points.slice(0, 6).map(p => '<tr><td>' + p.day + '</td><td>' + p.value + '</td></tr>').join('') })
  const [labels, values] = [points.map(p => p.day), points.map(p => p.value)]
  if (chart === undefined) {
    chart = new Chart(document.querySelector('canvas'), { type: 'line', data: { labels, datasets: [{ data: values }] }, options: { animation: false, maintainAspectRatio: false } })
    return
  }
  chart.data.labels = labels; chart.data.datasets[0].data = values; chart.update()
}
document.querySelector('select').onchange = event => show(event.target.value)
show(30)
`

const page = `<!doctype html><meta charset=utf-8><title>Bare</title><style>#box{height:300px}</style>
<select><option>30<option>90</select>${'<p class=figure>0</p>'.repeat(4)}<div id=box><canvas></canvas></div>
${'<table><tbody></tbody></table>'.repeat(2)}<script type=module src=/page.js></script>`

/** The lower limit: four figures, a line and two tables with chart.js, made-up data, and nothing around it. */
export async function barePage(): Promise<{ server: Server; url: string }> {
  const built = await build({
    stdin: { contents: script, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
  })
  const code = gzipSync(built.outputFiles[0]?.contents ?? '')
  const app = express()
  app.get('/', (_, response) => void response.type('html').send(page))
  app.get(
    '/page.js',
    (_, response) => void response.set({ 'content-type': 'text/javascript', 'content-encoding': 'gzip' }).send(code),
  )
  app.get('/data', (request, response) => {
    const points = Array.from({ length: Number(request.query.days) }, (_, i) => ({
      day: `d${i}`,
      value: (i * 7919) % 101,
    }))
    response.json({ points })
  })
  const server = createServer(app)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return { server, url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}` }
}
