/** `Partial` whose fields may also be undefined, for `exactOptionalPropertyTypes`. */
export type Optional<T> = { [K in keyof T]?: T[K] | undefined };
