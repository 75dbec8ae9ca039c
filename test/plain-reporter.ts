import Mocha from 'mocha'

/** mocha's `spec` with one plain line at the very end: `12 passed, 0 failed, 1 skipped`. */
export default class PlainReporter extends Mocha.reporters.Spec {
  override epilogue(): void {
    super.epilogue()
    const { passes = 0, failures = 0, pending = 0 } = this.stats
    process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`)
  }
}
