import type { ItemEffect } from "../storage/effects.ts";

/** Which items have a key pending, as it was read, with what has changed since. */
export class DependentsCache {
  readonly #byDependency = new Map<string, Set<string>>();
  /** Of keys of which only the number of dependents was read. */
  readonly #counts = new Map<string, number>();

  /** The keys of those that were not read. */
  missing(dependencies: readonly string[]): readonly string[] {
    return dependencies.filter((key) => !this.#byDependency.has(key));
  }

  /** Keys of the items that have one of these keys pending, each once. */
  of(dependencies: readonly string[]): Iterable<string> {
    const keys = new Set<string>();
    for (const dependency of dependencies)
      for (const key of this.#byDependency.get(dependency) ?? []) keys.add(key);
    return keys;
  }

  /** Does not replace what is cached: it may have changed in this transaction. */
  add(dependency: string, keys: Iterable<string>): void {
    if (!this.#byDependency.has(dependency)) this.#byDependency.set(dependency, new Set(keys));
  }

  /** The number of items that have the key pending; undefined if it was not read. */
  count(dependency: string): number | undefined {
    return this.#byDependency.get(dependency)?.size ?? this.#counts.get(dependency);
  }

  addCount(dependency: string, count: number): void {
    if (!this.#counts.has(dependency)) this.#counts.set(dependency, count);
  }

  apply({ key, resolves, awaits }: ItemEffect): void {
    for (const dependency of resolves) {
      this.#byDependency.get(dependency)?.delete(key);
      this.#change(dependency, -1);
    }
    for (const dependency of awaits) {
      this.#byDependency.get(dependency)?.add(key);
      this.#change(dependency, 1);
    }
  }

  #change(dependency: string, by: 1 | -1): void {
    const count = this.#counts.get(dependency);
    if (count !== undefined) this.#counts.set(dependency, count + by);
  }
}
