import { statSync } from "node:fs";
import { SynthaError } from "@syntha/core";
import type { Database } from "better-sqlite3";

/** How old the last look at all files may be before a call takes another one. */
const CHECK_EVERY_MS = 20;
// Of module load, as a test's fake clock may stand still.
const monotonicNow = performance.now.bind(performance);

/** A file, recognised by its inode without opening it. */
class PinnedFile {
  readonly path: string;
  readonly #dev: bigint | undefined;
  readonly #ino: bigint | undefined;

  constructor(path: string) {
    const stats = statOf(path);
    this.path = path;
    this.#dev = stats?.dev;
    this.#ino = stats?.ino;
  }

  get exists(): boolean {
    return this.#ino !== undefined;
  }

  /** Whether the same file is at the path. */
  get isThere(): boolean {
    const stats = statOf(this.path);
    return stats !== undefined && stats.ino === this.#ino && stats.dev === this.#dev;
  }
}

/**
 * Notices that a file of an open database was deleted or replaced. SQLite would go on with the one that it has open,
 * which other processes no longer find. Looks at inodes by `stat`, since opening the file would release its locks.
 */
export class FileGuard {
  readonly #main: PinnedFile;
  /** The write-ahead log and its index. */
  readonly #beside: readonly PinnedFile[];
  readonly #advice: string;
  #checkedAt = monotonicNow();

  /**
   * @param database whose write-ahead log is guarded if it has read from the file before, and so opened the log
   * @param advice what to do when the file is no longer there
   * @param main the file as it was pinned before the database was opened again
   */
  constructor(database: Database, path: string, advice: string, main = new PinnedFile(path)) {
    this.#main = main;
    this.#advice = advice;
    // SQLite names the file without symbolic links, and the others after that.
    const name = nameOf(database);
    this.#beside = ["-wal", "-shm"]
      .map((end) => new PinnedFile(name + end))
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

  #check(file: PinnedFile): void {
    if (file.isThere) return;
    throw new SynthaError(
      "UNAVAILABLE",
      `${file.path} was deleted or replaced while it was in use.`,
      { hint: `Nothing was changed. Move the same file back, or ${this.#advice}` },
    );
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

function statOf(path: string): { readonly dev: bigint; readonly ino: bigint } | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
