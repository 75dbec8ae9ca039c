import { expect } from 'chai'
import { dayOfMonth, dayOfWeek, dayOfYear, monthOfYear, range, rangeOfYear } from './calendar.ts'

describe('days and periods in words', () => {
  it('are those of Portuguese', () => {
    const told = [
      dayOfMonth('pt-BR', '2020-05-02'),
      dayOfYear('pt-BR', '2020-09-30'),
      dayOfWeek('pt-BR', '2020-05-02'),
      monthOfYear('pt-BR', '2009-02-01'),
    ]
    expect(told).to.deep.equal(['2 de mai.', '30 de set. de 2020', 'sáb., 2 de mai.', 'fev. de 09'])
  })

  it('are those of English', () => {
    const told = [
      dayOfMonth('en', '2020-05-02'),
      dayOfYear('en', '2020-09-30'),
      dayOfWeek('en', '2020-05-02'),
      monthOfYear('en', '2009-02-01'),
    ]
    expect(told).to.deep.equal(['2 May', '30 Sept 2020', 'Sat 2 May', 'Feb 09'])
  })

  it('say of a period only what its ends do not share', () => {
    const told = [
      rangeOfYear('pt-BR', { from: '2020-05-02', to: '2020-05-31' }),
      rangeOfYear('pt-BR', { from: '2020-05-02', to: '2020-09-03' }),
      rangeOfYear('en', { from: '2020-05-02', to: '2021-05-04' }),
      rangeOfYear('en', { from: '2020-05-02', to: '2020-05-02' }),
      range('en', { from: '2020-05-02', to: '2020-05-31' }),
      range('pt-BR', { from: '2020-05-02', to: '2020-09-03' }),
    ]
    expect(told.map(text => text.replaceAll('\u2009', ' '))).to.deep.equal([
      '2 – 31 de mai. de 2020',
      '2 de mai. – 3 de set. de 2020',
      '2 May 2020 – 4 May 2021',
      '2 May 2020',
      '2 – 31 May',
      '2 de mai. – 3 de set.',
    ])
  })
})
