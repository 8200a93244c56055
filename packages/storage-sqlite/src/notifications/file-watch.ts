import { type FSWatcher, watch } from "node:fs";

/**
 * Reports that any process wrote to a file, if the file system reports it. Where it does not, or no watch is left (Linux limits
 * them per user), nothing is reported. It does not keep the process alive. Some systems open the file for it: a file with
 * POSIX locks of this process, which end when any of its descriptors is closed, must not be watched. SQLite locks the
 * database file and the log's index, but not the log.
 */
export class FileWatch {
  readonly #onWrite: () => void;
  #watcher: FSWatcher | undefined;
  #isProven = false;

  constructor(onWrite: () => void) {
    this.#onWrite = onWrite;
  }

  /** Whether the file system has reported a write to the file that is watched: it will report others. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** Watches the file that is at the path now; does nothing if there is none, or one is watched already. */
  start(path: string): void {
    if (this.#watcher !== undefined) return;
    try {
      const watcher = watch(path, { persistent: false }, (type) => {
        // The file was moved or deleted: another one may come to its path.
        if (type === "rename") this.stop();
        else this.#isProven = true;
        this.#onWrite();
      });
      watcher.on("error", () => {
        this.stop();
        this.#onWrite();
      });
      this.#watcher = watcher;
    } catch {
      // Missing, or there can be no watch.
    }
  }

  stop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#isProven = false;
  }
}
