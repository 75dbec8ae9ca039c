import type { Article } from './guide-pt.ts'

export const guideEn: readonly Article[] = [
  {
    id: 'period',
    title: 'Choosing period, store and comparison',
    text: [
      'On top of the page choose the period, what to compare with and the store. All of it is in the address: whoever gets the link sees the same, within what they may see.',
      'The “period before” has the same number of days, just before. “A year earlier” uses the same weekdays.',
    ],
  },
  {
    id: 'open',
    title: 'Opening a number down to the sale',
    text: [
      'Touch a name (store, seller, product) for its own page. At the end of a page, “See the sale lines” shows each line with the file and row it came from.',
    ],
  },
  {
    id: 'live',
    title: 'What “Live” means',
    text: [
      'When a new sale arrives the numbers move by themselves within seconds. Should the connection be lost, the page says so, tries again and shows what was missed.',
    ],
  },
  {
    id: 'weak',
    title: 'Finding the weakest product',
    text: [
      'Under Products touch “Below cost” or “Down”. Sort by margin with the column’s title. Touch the product to see in which store and with whom it happens.',
    ],
    more: '/products',
  },
  {
    id: 'projection',
    title: 'Expected month and target',
    text: [
      'The expectation is what has been sold plus what the days left should bring. The range is where the month closes 8 times in 10. “Needed per day” is what is left of the target over the days left.',
    ],
    more: '/',
  },
  {
    id: 'pay',
    title: 'Pay: how much and why',
    text: [
      'Each part (base, commission, bonus) tells what it was reckoned on and how many lines are behind it. A closed month does not change: what comes later is an adjustment in the next.',
    ],
    more: '/pay',
  },
  {
    id: 'alerts',
    title: 'Alerts and rules',
    text: [
      'An alert tells what happened, where, and what to do. “I will take care of it” says that somebody has seen it; “Snooze” silences it until tomorrow. Both can be taken back for a few seconds.',
      'Under Rules write your own in words and touch “Try on the last 90 days” to learn how often it would have told you.',
    ],
    more: '/alerts?tab=rules',
  },
  {
    id: 'reports',
    title: 'Building, sharing and mailing reports',
    text: [
      'Choose figures and up to three groupings; the result shows beside them. Once saved, a report can be exported, shared with people or by a link that ends, and mailed.',
      'Everybody sees in it only what they may see anyway. Every saved version is kept and can come back.',
    ],
    more: '/reports',
  },
  {
    id: 'export',
    title: 'Excel, CSV, PDF and Power BI',
    text: [
      'Every table has “Export”. Amounts come with all their digits, and their sum is the page’s. For Power BI or live Excel make a key in your account and use the address /odata/v4.',
    ],
    more: '/account',
  },
  {
    id: 'arrange',
    title: 'Arranging the overview',
    text: [
      'At the end of the overview, “Arrange this page” moves, hides and shows each part. It is kept for you, on every device.',
    ],
    more: '/',
  },
  {
    id: 'rejected',
    title: 'Rejected rows: correct and read again',
    text: [
      'A row of a file that can not be used is kept under Data, Rejected, with the reason. Administrators correct its fields right there; the row is read again and counts. The original and who corrected it are kept.',
    ],
    more: '/data?tab=rejected',
  },
  {
    id: 'account',
    title: 'Password, second factor and sessions',
    text: [
      'In your account change the password, set up the code on your phone, see where your account is open and end what you do not recognise.',
    ],
    more: '/account',
  },
  {
    id: 'scope',
    title: 'Who sees what',
    text: [
      'Administrators see the whole chain, each manager their stores, each seller their own sales. The same holds for pages, files, links, mails and spreadsheets.',
    ],
  },
  {
    id: 'offline',
    title: 'Installing on a phone, reading without a connection',
    text: [
      'In the browser’s menu choose “Add to home screen”. The last view stays readable without a connection, for you alone, until you sign out.',
    ],
  },
]
