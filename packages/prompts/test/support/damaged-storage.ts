import { MemoryStorage } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";

/** A memory in which the values of some keys can be damaged. */
export class DamagedStorage extends MemoryStorage {
  readonly damaged = new Set<string>();

  constructor() {
    super({ clock: manualClock() });
  }

  override async get(...query: Parameters<MemoryStorage["get"]>): ReturnType<MemoryStorage["get"]> {
    const page = await super.get(...query);
    const items = page.items.map((row) => row && { ...row, value: this.#read(row) });
    return { ...page, items };
  }

  #read({ key, value }: { readonly key: string; readonly value: string }): string {
    return this.damaged.has(key) ? value.slice(0, -1) : value;
  }
}
