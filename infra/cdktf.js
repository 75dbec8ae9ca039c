#!/usr/bin/env node
// `npx cdktf …`: asks what can't be guessed, packages when nothing is packaged, then runs the pinned cdktf-cli.
import { register } from 'tsx/esm/api'

register()
const { operate } = await import('./operate.ts')
process.exitCode = await operate(process.argv.slice(2))
