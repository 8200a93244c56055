/** A value that JSON can represent. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * `T` where JSON can represent it, else `never`, so that functions, bigints, symbols, dates and other instances are
 * compile-time errors. `unknown` is allowed, and checked when it is written.
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
