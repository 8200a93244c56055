/** What a value may be: whatever JSON holds. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * `T` where JSON holds it, `never` in each place where it does not: functions, bigints, symbols, dates and other
 * instances are an error at compile time. `unknown` passes, and is checked when it is written.
 */
export type Jsonable<T> = unknown extends T
  ? T
  : T extends JsonValue | undefined
    ? T
    : T extends bigint | symbol | ((...args: never[]) => unknown) | Date | RegExp | Promise<unknown>
      ? never
      : T extends
            | ReadonlyMap<unknown, unknown>
            | ReadonlySet<unknown>
            | ArrayBufferView
            | ArrayBuffer
        ? never
        : { [K in keyof T]: Jsonable<T[K]> };
