import { expect } from 'chai'
import { dashboardQuestions } from './questions.ts'

describe('the questions that are measured', () => {
  it('are all that the dashboard has', () => {
    const data = { from: '2023-12-01', to: '2026-11-30' }
    const asked = dashboardQuestions('2026-11-30', data, [{ span: 'month', first: '2026-10-01', run: '1' }])
    expect(new Set(asked.map(({ name }) => name)).size).to.equal(asked.length)
    for (const { name, sql } of asked) expect(sql, name).not.to.contain('{{')
  })
})
