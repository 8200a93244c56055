/** Something that is there already, unless a schema of the user's had to be awaited for it. */
export type MaybeAsync<T> = T | Promise<T>;

/** Goes on at once where it can, so that calls made one after the other also take effect in that order. */
export function andThen<T, R>(value: MaybeAsync<T>, next: (value: T) => R): MaybeAsync<R> {
  if (!(value instanceof Promise)) return next(value);
  return (async () => next(await value))();
}

/** All of them; a promise only when one of them is. */
export function all<T>(values: readonly MaybeAsync<T>[]): MaybeAsync<readonly T[]> {
  if (!values.some((value) => value instanceof Promise)) return values as readonly T[];
  return Promise.all(values.map(async (value) => value));
}
