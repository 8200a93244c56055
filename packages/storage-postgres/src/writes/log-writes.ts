import {
  type CommitHeader,
  type Change,
  type StoredChange,
  toChangeText,
} from "@syntha/core/storage";
import { type Call, call } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { insertCalls } from "./row-batches.ts";
import { SCRUB_BATCH } from "./scrub.ts";

interface Entry {
  readonly header: CommitHeader;
  readonly index: number;
  readonly type: (Change | StoredChange)["type"];
  readonly key: string | null;
  readonly detail: string;
  value: string | null;
}

/** Entries of the log that the database does not have yet. */
export class LogWrites {
  readonly #tables: Tables;
  readonly #tenant: string;
  readonly #scrubbed = new Set<string>();
  readonly #entries: Entry[] = [];

  constructor(tables: Tables, tenant: string) {
    this.#tables = tables;
    this.#tenant = tenant;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  add(header: CommitHeader, index: number, change: Change | StoredChange): void {
    const key = keyOf(change);
    if (change.type === "expire") this.#scrub(key as string);
    const value = change.type === "put" ? change.after.value : null;
    const detail = toChangeText(change);
    this.#entries.push({ header, index, type: change.type, key, detail, value });
  }

  take(): Call[] {
    const rows = this.#entries.map(({ header, index, type, key, detail, value }) => [
      header.position,
      index,
      header.commitId,
      header.at,
      header.actor,
      type,
      key,
      detail,
      value,
    ]);
    this.#entries.length = 0;
    return insertCalls(this.#tables.log.insert, this.#tenant, rows);
  }

  /** Clears the values that the log has of expired items. Comes before `take`, which may write the same keys again. */
  takeScrub(): { readonly scrub: Call; readonly check: Call } | undefined {
    if (this.#scrubbed.size === 0) return undefined;
    const { scrub, checkScrubbed } = this.#tables.log;
    const keys = toArrayText([...this.#scrubbed]);
    this.#scrubbed.clear();
    return {
      scrub: call(scrub, this.#tenant, keys, SCRUB_BATCH),
      check: call(checkScrubbed, this.#tenant, keys),
    };
  }

  /** R8: the values of entries that are not written yet are cleared too. */
  #scrub(key: string): void {
    this.#scrubbed.add(key);
    for (const entry of this.#entries) if (entry.key === key) entry.value = null;
  }
}

function keyOf(change: Change | StoredChange): string | null {
  if ("key" in change) return change.key;
  if ("after" in change) return change.after.key;
  return "before" in change ? change.before.key : null;
}
