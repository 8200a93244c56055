import { existsSync } from "node:fs";
import { SynthaError } from "@syntha/core";
import type { Database } from "better-sqlite3";
import { monotonicNow } from "./monotonic-now.ts";
import { TrackedFile } from "./tracked-file.ts";

/** How old the last look at all files may be before a call takes another one. */
const CHECK_EVERY_MS = 20;

/** How to go on with the file that took the place of the one that was open. */
export interface Advice {
  readonly close: string;
  readonly open: string;
}

/**
 * Notices that a file of an open database was deleted or replaced. SQLite would go on with the one that it has open,
 * which other processes no longer find. Looks at inodes by `stat`, since opening the file would release its locks.
 */
export class FileGuard {
  readonly #main: TrackedFile;
  /** The write-ahead log and its index. */
  readonly #beside: readonly TrackedFile[];
  readonly #advice: Advice;
  #checkedAt = monotonicNow();

  /**
   * @param database whose write-ahead log is guarded if it has read from the file before, and so opened the log
   * @param main the file as it was pinned when the database was opened first
   */
  constructor(database: Database, path: string, advice: Advice, main = new TrackedFile(path)) {
    this.#main = main;
    this.#advice = advice;
    // SQLite names the file without symbolic links, and the others after that.
    const name = nameOf(database);
    this.#beside = ["-wal", "-shm"]
      .map((end) => new TrackedFile(name + end))
      .filter((file) => file.exists);
    this.checkMain();
  }

  /** For the same file, whose log has been opened since. */
  renewed(database: Database): FileGuard {
    return new FileGuard(database, this.#main.path, this.#advice, this.#main);
  }

  /** @throws UNAVAILABLE when another file is at the path, or none */
  checkMain(): void {
    this.#check(this.#main);
  }

  /** As `checkMain`, for all files. */
  checkAll(): void {
    // Until a check succeeds, the next read checks again.
    this.#checkedAt = Number.NEGATIVE_INFINITY;
    this.#check(this.#main);
    for (const file of this.#beside) this.#check(file);
    this.#checkedAt = monotonicNow();
  }

  beforeRead(): void {
    if (this.#isDue()) this.checkAll();
  }

  beforeWrite(): void {
    if (this.#isDue()) this.checkAll();
    else this.checkMain();
  }

  #check(file: TrackedFile): void {
    if (file.isInPlace) return;
    throw new SynthaError(
      "UNAVAILABLE",
      `${file.path} was deleted or replaced while it was in use.`,
      { hint: `Nothing was changed. Move the same file back, or ${this.#waysOn()}.` },
    );
  }

  #waysOn(): string {
    const { close, open } = this.#advice;
    const old = this.#beside.filter((file) => file.isInPlace).map(({ path }) => path);
    if (old.length === 0 || this.#main.isInPlace || !existsSync(this.#main.path))
      return `${close} and ${open}`;
    // SQLite would apply the old file's log to the new file.
    return `${close}, in every process, then delete ${old.join(" and ")}, which belong to the replaced file, and ${open}`;
  }

  #isDue(): boolean {
    return monotonicNow() - this.#checkedAt > CHECK_EVERY_MS;
  }
}

/** The file's name as SQLite uses it; empty for a database without a file. */
export function nameOf(database: Database): string {
  const [main] = database.pragma("database_list") as { file: string }[];
  return main?.file ?? "";
}
