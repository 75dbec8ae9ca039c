/** Texts of one language as the shape that those of another must have: each text any text, each text with something in it any that takes the same. */
export type Widened<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...given: infer A) => string
      ? (...given: A) => string
      : Widened<T[K]>
}
