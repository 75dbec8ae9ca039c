import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { temporaryHome } from '../../test/parts/home.ts'
import { forgetDeleted } from './forget.ts'
import { openSettings } from './open.ts'

describe('what was deleted from the embedded settings database', () => {
  it('is in none of its files any more', async () => {
    const home = temporaryHome()
    const settings = await openSettings(home.config)
    const held = () => {
      try {
        return execFileSync('grep', ['-rlaF', 'wrapped-key-of-', home.config.DATAAPP_HOME], { encoding: 'utf8' })
      } catch {
        return ''
      }
    }
    try {
      const add = (from: number) =>
        settings.query(
          `INSERT INTO person_keys (id, data_key, wrapped)
           SELECT 'p' || n, 'd', CASE WHEN n % 100 = 7 THEN 'wrapped-key-of-' ELSE 'another-' END || n FROM generate_series($1::int, $1::int + 4999) AS n`,
          [from],
        )
      await add(0)
      await settings.query('CHECKPOINT')
      // Segments that were used before and wait to be used again.
      await settings.query('SELECT pg_switch_wal()')
      await settings.query('CHECKPOINT')
      await add(5_000)
      expect(held()).not.to.equal('')
      await settings.query("UPDATE person_keys SET wrapped = NULL WHERE wrapped LIKE 'wrapped-key-of-%'")
      await forgetDeleted(settings, ['person_keys'])
      expect(held()).to.equal('')
      expect(
        await settings.query('SELECT count(*)::int AS kept FROM person_keys WHERE wrapped IS NOT NULL'),
      ).to.deep.equal([{ kept: 9_900 }])
    } finally {
      await settings.close()
      home.remove()
    }
  })
})
