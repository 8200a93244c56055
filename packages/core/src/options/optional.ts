/** Any of the fields, each of which may also be undefined: `Partial`, where `exactOptionalPropertyTypes` is on. */
export type Optional<T> = { [K in keyof T]?: T[K] | undefined };
