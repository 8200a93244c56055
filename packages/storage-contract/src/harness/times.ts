/** The results of `make` for the numbers from 0 up to, not including, `count`. */
export function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}
