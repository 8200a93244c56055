import { jsonBytes } from "./size.ts";

/** A result's list of names: as many as fit, and how many there are where that is not all. */
export function namedList<F extends string>(
  field: F,
  names: readonly string[],
  bytes: number,
): { [K in F]: readonly string[] } & { [K in `${F}_total`]?: number } {
  let left = bytes;
  const shown: string[] = [];
  for (const name of names) {
    left -= jsonBytes(name) + 1;
    if (left < 0) break;
    shown.push(name);
  }
  const total = shown.length < names.length ? { [`${field}_total`]: names.length } : {};
  return { [field]: shown, ...total } as ReturnType<typeof namedList<F>>;
}
