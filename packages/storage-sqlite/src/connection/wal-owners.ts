import { statSync } from "node:fs";
import { SynthaError } from "@syntha/core";

interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  /** Distinguishes files that had the same inode in turn; undefined where the file system does not record it. */
  readonly createdAt: bigint | undefined;
}

/** A write-ahead log and the file whose changes it holds, which this process had open together. */
interface OwnedWal {
  readonly name: string;
  readonly wal: Identity;
  readonly owner: Identity;
}

const REGISTRY = Symbol.for("@syntha/storage-sqlite/wal-owners");

/** Shared by all instances of this module: open databases, and those that were closed after their file was replaced. */
function ownedWals(): Set<OwnedWal> {
  const scope = globalThis as { [REGISTRY]?: Set<OwnedWal> };
  return (scope[REGISTRY] ??= new Set());
}

/**
 * Registers the log of an open database.
 * @param name The file's name as SQLite uses it; empty for a database without a file.
 * @returns A function to call when the database is closed.
 */
export function registerWal(name: string): () => void {
  const [wal, owner] = [identityOf(walOf(name)), identityOf(name)];
  if (wal === undefined || owner === undefined) return () => {};
  const owned = { name, wal, owner };
  ownedWals().add(owned);
  return () => {
    // SQLite does not delete the log of a file that was replaced.
    const isLeft = isSame(identityOf(walOf(name)), wal) && !isSame(identityOf(name), owner);
    if (!isLeft) ownedWals().delete(owned);
  };
}

/**
 * Refuses a file next to the log of the file that it replaced. SQLite would apply that log, and overwrite the new file,
 * such as a restored backup, with pages of the old one.
 * @throws MISCONFIGURED
 */
export function checkWalOwner(name: string): void {
  const [wal, file] = [identityOf(walOf(name)), identityOf(name)];
  // SQLite deletes a log next to an empty file.
  const isApplied = wal?.size !== 0n && file?.size !== 0n;
  for (const owned of ownedWals()) {
    if (owned.name !== name) continue;
    if (!isSame(wal, owned.wal)) ownedWals().delete(owned);
    else if (isApplied && !isSame(file, owned.owner)) throw hasForeignWal(name);
  }
}

function walOf(name: string): string {
  return `${name}-wal`;
}

function identityOf(path: string): Identity | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const { dev, ino, size, birthtimeNs, ctimeNs } = stats;
  const isRecorded = birthtimeNs !== 0n && birthtimeNs !== ctimeNs;
  return { dev, ino, size, createdAt: isRecorded ? birthtimeNs : undefined };
}

function isSame(one: Identity | undefined, other: Identity): boolean {
  if (one?.dev !== other.dev || one.ino !== other.ino) return false;
  return (
    one.createdAt === undefined ||
    other.createdAt === undefined ||
    one.createdAt === other.createdAt
  );
}

function hasForeignWal(name: string): SynthaError {
  return new SynthaError(
    "MISCONFIGURED",
    `${walOf(name)} is the write-ahead log of a file that was replaced; SQLite would apply it to the file that is now at ${name}.`,
    {
      hint: `Close all meshes on the file in every process, delete ${walOf(name)} and ${name}-shm, and open it again. If you need the changes in the log, move the replaced file back instead.`,
    },
  );
}
