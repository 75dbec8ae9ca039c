import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { stringify } from 'yaml'
import { defaultFile, type InfraConfig, readConfig } from './config.ts'
import { Refusal } from './refusal.ts'

/** The last release of cdktf-cli. It brings 423 MB of packages, so that it is fetched when it is used and not with `npm ci`. */
export const cli = 'cdktf-cli@0.21.0'

/** What `npx cdktf` does before and around the command line of cdktf. Returns its exit status. */
export async function operate(args: readonly string[]): Promise<number> {
  const [command = ''] = args
  if (['synth', 'deploy', 'diff', 'destroy', 'plan', 'apply'].includes(command)) {
    try {
      if (
        stdin.isTTY &&
        !existsSync(process.env.INFRA_CONFIG ?? defaultFile) &&
        process.env.INFRA_ADMIN_CIDR === undefined
      ) {
        await ask()
      }
      const config = readConfig(process.env)
      if (!existsSync(config.releasesFile) && (await packageFirst(config)) !== 0) return 1
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      console.error(error.message)
      return 1
    }
  }
  const status = await run('npx', ['--yes', cli, ...args])
  if (command === 'synth' && status === 0) console.log('Next: npx cdktf deploy')
  return status
}

function packageFirst({ releasesFile }: InfraConfig): Promise<number> {
  console.log(`No releases in ${releasesFile}: packaging the tiers`)
  return run('npx', ['tsx', 'ami/package/main.ts'])
}

/** Asks for what has no safe default and keeps the answers in `deploy.yaml`. */
async function ask(): Promise<void> {
  const lines = createInterface({ input: stdin, output: stdout })
  try {
    console.log(`There is no ${defaultFile} yet. Everything else has a default: docs/infra/configuration.md`)
    const here = await lines.question('Which addresses are the machines administered from (such as 203.0.113.7/32)? ')
    const key = await lines.question(`SSH public key [${keyFile()}, - for Session Manager only]: `)
    const email = await lines.question('Who gets alarms by mail (empty: nobody)? ')
    const chosen = key.trim() === '' ? keyFile() : key.trim()
    const answers = {
      adminCidr: here.trim(),
      ...(existsSync(chosen) ? { sshPublicKey: readFileSync(chosen, 'utf8').trim() } : {}),
      ...(email.trim() === '' ? {} : { alarmEmail: email.trim() }),
    }
    writeFileSync(defaultFile, stringify(answers))
    console.log(`Kept in ${defaultFile}`)
  } finally {
    lines.close()
  }
}

function keyFile(): string {
  return join(homedir(), '.ssh', 'id_ed25519.pub')
}

function run(program: string, args: readonly string[]): Promise<number> {
  return new Promise(done => {
    const child = spawn(program, [...args], {
      stdio: 'inherit',
      // No usage reports to the maker of the command line.
      env: { ...process.env, CHECKPOINT_DISABLE: '1' },
    })
    child.once('error', error => {
      console.error(error.message)
      done(1)
    })
    child.once('exit', code => done(code ?? 1))
  })
}
