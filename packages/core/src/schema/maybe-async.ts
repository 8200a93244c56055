/** A value, or a promise of it if a user's schema is asynchronous. */
export type MaybeAsync<T> = T | Promise<T>;

/** Continues synchronously if it can, so that calls take effect in the order in which they were made. */
export function andThen<T, R>(value: MaybeAsync<T>, next: (value: T) => R): MaybeAsync<R> {
  if (!(value instanceof Promise)) return next(value);
  const settled = (async () => next(await value))();
  // The call may fail for another reason before it waits for this.
  settled.catch(() => undefined);
  return settled;
}

/** All values; a promise only if one of them is. */
export function all<T>(values: readonly MaybeAsync<T>[]): MaybeAsync<readonly T[]> {
  if (!values.some(isPromise)) return values as readonly T[];
  return Promise.all(values.map(async (value) => value));
}

function isPromise(value: unknown): boolean {
  return value instanceof Promise;
}
