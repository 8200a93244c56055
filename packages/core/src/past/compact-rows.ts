import type { ItemRow } from "../model/item-row.ts";

const NONE: readonly string[] = [];

/** Copies of rows for a mesh that is only read, which take less memory: rows with equal routes share them. */
export class CompactRows {
  readonly #lists = new Map<string, readonly string[]>();

  of(row: ItemRow): ItemRow {
    return {
      key: row.key,
      value: row.value,
      topics: this.#shared(row.topics),
      subscribers: this.#shared(row.subscribers),
      global: row.global,
      owner: row.owner,
      author: row.author,
      revision: row.revision,
      state: row.state,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      expiresAt: row.expiresAt,
      attempts: row.attempts,
      // In no queue: nothing can be claimed.
      readyAt: null,
      order: 0,
      lease: row.lease,
      task: row.task,
    };
  }

  #shared(names: readonly string[]): readonly string[] {
    if (names.length === 0) return NONE;
    const id = JSON.stringify(names);
    const shared = this.#lists.get(id) ?? names;
    this.#lists.set(id, shared);
    return shared;
  }
}
