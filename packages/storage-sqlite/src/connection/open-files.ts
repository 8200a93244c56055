import { statSync } from "node:fs";
import { SynthaError } from "@syntha/core";

interface Holder {
  /** Identifies a copy of SQLite in the process. */
  readonly copy: unknown;
  /** False once a database was closed without the end of its registration, as its user may do. */
  readonly isOpen: boolean;
}

const REGISTRY = Symbol.for("@syntha/storage-sqlite/open-files");

/** Shared by all instances of this module: which copies of SQLite have a file open. */
function openFiles(): Map<string, Set<Holder>> {
  const scope = globalThis as { [REGISTRY]?: Map<string, Set<Holder>> };
  return (scope[REGISTRY] ??= new Map());
}

/**
 * Registers a file as open by a copy of SQLite. Call it before the file is opened: two copies in one process release each
 * other's locks on a file (POSIX), and other programs could then delete its log.
 * @returns A function that ends the registration.
 * @throws MISCONFIGURED when another copy has the file open
 */
export function registerOpenFile(path: string, holder: Holder): () => void {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined || holder.copy === undefined) return () => {};
  const files = openFiles();
  const key = `${stats.dev}:${stats.ino}`;
  const holders = files.get(key) ?? new Set();
  for (const { copy, isOpen } of holders)
    if (isOpen && copy !== holder.copy) throw openByAnotherCopy(path);
  holders.add(holder);
  files.set(key, holders);
  return () => {
    if (holders.delete(holder) && holders.size === 0) files.delete(key);
  };
}

function openByAnotherCopy(path: string): SynthaError {
  return new SynthaError(
    "MISCONFIGURED",
    `Another copy of SQLite in this process has ${path} open. Two copies in one process release each other's locks on a file.`,
    {
      hint: "Use one driver for the file in this process, and install one version of better-sqlite3 (`npm ls better-sqlite3` lists them); or share one storage.",
    },
  );
}
