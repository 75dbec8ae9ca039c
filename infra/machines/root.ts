import { spawn } from 'node:child_process'

/** Runs a program that needs to be root. Rejects with what it said when it fails. */
export function root(program: string, args: readonly string[], input = '', seconds = 120): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(program, [...args], {
      timeout: seconds * 1000,
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    })
    let said = ''
    let answer = ''
    child.stdout.on('data', chunk => {
      answer += String(chunk)
    })
    child.stderr.on('data', chunk => {
      said += String(chunk)
    })
    child.once('error', fail)
    child.once('close', code =>
      code === 0
        ? done(answer)
        : fail(new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}${answer}`.slice(0, 4000))),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
