import type { RouteInput } from "@syntha/core";

/** The results of `make` for the numbers from 0 up to, not including, `count`. */
export function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

/** The words of a text that one space separates. */
export function words(text: string): string[] {
  return text.split(" ");
}

/** Pushes of these values by key, with one route. */
export function pushes<V>(values: Readonly<Record<string, V>>, route: RouteInput = {}) {
  return Object.entries(values).map(([key, value]) => ({ key, value, ...route }));
}
