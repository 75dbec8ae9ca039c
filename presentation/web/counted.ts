/** A count that was put into words, with what is counted: one of it, or several. */
export function counted(count: string, one: string, several: string): string {
  return `${count} ${count === '1' ? one : several}`
}
