// Tries places given as address:port, all at once, and prints those that answer a first packet, be it that nobody listens there.
import { connect } from 'node:net'

const patienceMs = 5_000

function answers(place) {
  const [host, port] = place.split(':')
  return new Promise(done => {
    const socket = connect({ host, port: Number(port) })
    const end = answer => {
      socket.destroy()
      done(answer)
    }
    socket.setTimeout(patienceMs, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', error => end(error.code === 'ECONNREFUSED'))
  })
}

const places = process.argv.slice(2)
const answered = await Promise.all(places.map(answers))
console.log(JSON.stringify(places.filter((_, index) => answered[index])))
