import { DataAppError, systemCodeOf } from '#shared/error.ts'

export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCodeOf(error))
}

export function full(directory: string, cause: unknown): DataAppError {
  return new DataAppError('BUS_FULL', `The disk is full: nothing more goes into ${directory}.`, {
    hint: 'Make room on that disk; it goes on by itself.',
    cause,
  })
}
