/** The product's mark: three bars that become a line. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" class="mark-ground" />
      <path d="M8 21v3M14 17v7M20 19v5" class="mark-bars" />
      <path d="m7 15 6-5 6 4 6-7" class="mark-line" />
    </svg>
  )
}
