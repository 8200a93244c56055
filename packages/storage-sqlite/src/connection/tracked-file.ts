import { statSync } from "node:fs";

/** A file as it was at a path, identified by its inode without opening it. */
export class TrackedFile {
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

  /** Whether that file is still at the path. */
  get isInPlace(): boolean {
    const stats = statOf(this.path);
    return stats !== undefined && stats.ino === this.#ino && stats.dev === this.#dev;
  }
}

function statOf(path: string): { readonly dev: bigint; readonly ino: bigint } | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
