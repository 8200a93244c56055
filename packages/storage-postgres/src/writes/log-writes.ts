import type { Change, StoredChange } from "@syntha/core/storage";
import { toChangeText } from "@syntha/core/storage";
import { type Call, call } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { writeCalls } from "./row-batches.ts";
import { SCRUB_BATCH } from "./scrub.ts";

/** What the lines of one commit share. */
export interface CommitHeader {
  readonly position: number;
  readonly commitId: number;
  readonly at: number;
  readonly actor: string | null;
}

interface Entry {
  readonly commit: CommitHeader;
  readonly index: number;
  readonly type: (Change | StoredChange)["type"];
  readonly key: string | null;
  readonly detail: string;
  value: string | null;
}

/** Lines of the log that the database does not have yet. */
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

  add(commit: CommitHeader, index: number, change: Change | StoredChange): void {
    const key = keyOf(change);
    if (change.type === "expire") this.#scrub(key as string);
    const value = change.type === "put" ? change.after.value : null;
    const detail = toChangeText(change);
    this.#entries.push({ commit, index, type: change.type, key, detail, value });
  }

  /** The calls that write them. */
  take(): Call[] {
    const { log } = this.#tables;
    const rows = this.#entries.map(({ commit, index, type, key, detail, value }) => [
      commit.position,
      index,
      commit.commitId,
      commit.at,
      commit.actor,
      type,
      key,
      detail,
      value,
    ]);
    this.#entries.length = 0;
    return writeCalls(log.insert, this.#tenant, rows);
  }

  /** The call that removes values which the log has of expired items, before the lines of a key that comes again. */
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

  /** R8: what waits here of the key forgets its value too. */
  #scrub(key: string): void {
    this.#scrubbed.add(key);
    for (const line of this.#entries) if (line.key === key) line.value = null;
  }
}

function keyOf(change: Change | StoredChange): string | null {
  if ("key" in change) return change.key;
  if ("after" in change) return change.after.key;
  return "before" in change ? change.before.key : null;
}
