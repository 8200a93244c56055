import type { ItemEffect } from "../storage/effects.ts";

/** Which items have a key pending, as it was read, with what has changed since. */
export class DependentsCache {
  readonly #byDependency = new Map<string, Set<string>>();

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

  apply({ key, resolves, awaits }: ItemEffect): void {
    for (const dependency of resolves) this.#byDependency.get(dependency)?.delete(key);
    for (const dependency of awaits) this.#byDependency.get(dependency)?.add(key);
  }
}
