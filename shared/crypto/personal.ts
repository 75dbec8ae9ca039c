import type { Dimension } from '#shared/records/dimension.ts'

/** The fields of people that are encrypted wherever they are kept, and who may read each. */
const personalFields = {
  'seller.name': ['admin', 'manager', 'seller'],
  'seller.email': ['admin', 'manager'],
  'seller.phone': ['admin', 'manager'],
  'seller.document': ['admin'],
  'customer.name': ['admin'],
  'customer.email': ['admin'],
  'customer.phone': ['admin'],
  'customer.document': ['admin'],
  'rejected.raw': ['admin'],
  'rejected.message': ['admin'],
} as const satisfies Record<string, readonly Role[]>

export type Role = 'admin' | 'manager' | 'seller'
export type PersonalField = keyof typeof personalFields

/** Who asks for personal data: the id that goes into the log, and the role that decides. `operator` is somebody at the command line of the machine. */
export type Reader = { person: string; role: Role | 'operator' }

export function mayRead(role: Reader['role'], field: PersonalField): boolean {
  return role === 'operator' || personalFields[field].some(allowed => allowed === role)
}

export function isPersonalField(field: string): field is PersonalField {
  return Object.hasOwn(personalFields, field)
}

export const personalAttributes = ['name', 'email', 'phone', 'document'] as const
export type PersonalDimension = Extract<Dimension, { kind: 'seller' | 'customer' }>

export function isPersonal(dimension: Dimension): dimension is PersonalDimension {
  return dimension.kind === 'seller' || dimension.kind === 'customer'
}

/** The same e-mail, phone or document written in another way is the same: letters small, and of numbers only the digits and letters. */
export function comparable(attribute: (typeof personalAttributes)[number], text: string): string {
  const plain = text.normalize('NFC').trim().toLowerCase()
  if (attribute === 'name') return plain.replace(/\s+/g, ' ')
  return attribute === 'email' ? plain : plain.replace(/[^\p{L}\p{N}]/gu, '')
}
