import { existsSync } from "node:fs";
import { SynthaError } from "@syntha/core";
import type { FileDatabase } from "../drivers/driver.ts";
import { fileNameOf } from "./database-file.ts";
import { monotonicNow } from "./monotonic-now.ts";
import { TrackedFile } from "./tracked-file.ts";

/** A call checks all files if the last such check is older than this. */
const CHECK_EVERY_MS = 20;

/** How to continue with the file that replaced the open one, as phrases for a hint. */
export interface RecoverySteps {
  readonly close: string;
  readonly open: string;
}

/**
 * Detects that a file of an open database was deleted or replaced. SQLite would keep using the file that it has open,
 * which other processes no longer find. It compares inodes by `stat`: opening and closing the file would release its
 * locks.
 */
export class FileGuard {
  readonly #main: TrackedFile;
  /** The write-ahead log and its index. */
  readonly #companions: readonly TrackedFile[];
  readonly #recovery: RecoverySteps;
  #checkedAt = monotonicNow();

  /**
   * @param database Its write-ahead log is guarded if it has read from the file, and so has opened the log.
   * @param main The file as it was when the database was first opened.
   */
  constructor(
    database: FileDatabase,
    path: string,
    recovery: RecoverySteps,
    main = new TrackedFile(path),
  ) {
    this.#main = main;
    this.#recovery = recovery;
    // SQLite resolves symbolic links, and derives the other names from the result.
    const name = fileNameOf(database);
    this.#companions = ["-wal", "-shm"]
      .map((suffix) => new TrackedFile(name + suffix))
      .filter((file) => file.exists);
    this.checkMain();
  }

  /** A guard of the same file that also guards the log, which has been opened since. */
  renewed(database: FileDatabase): FileGuard {
    return new FileGuard(database, this.#main.path, this.#recovery, this.#main);
  }

  /** @throws UNAVAILABLE when the file is not in place */
  checkMain(): void {
    this.#check(this.#main);
  }

  /** {@link checkMain} for all files. */
  checkAll(): void {
    // Until a check succeeds, the next read checks again.
    this.#checkedAt = Number.NEGATIVE_INFINITY;
    this.#check(this.#main);
    for (const file of this.#companions) this.#check(file);
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
      `${file.path} was deleted or replaced while it was open.`,
      { hint: `Nothing was changed. Move the same file back, or ${this.#alternative()}.` },
    );
  }

  #alternative(): string {
    const { close, open } = this.#recovery;
    const left = this.#companions.filter((file) => file.isInPlace).map(({ path }) => path);
    if (left.length === 0 || this.#main.isInPlace || !existsSync(this.#main.path))
      return `${close} and ${open}`;
    // SQLite would apply the replaced file's log to the new file.
    return `${close}, in every process, then delete ${left.join(" and ")}, which belong to the replaced file, and ${open}`;
  }

  #isDue(): boolean {
    return monotonicNow() - this.#checkedAt > CHECK_EVERY_MS;
  }
}
