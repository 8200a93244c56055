import { statSync } from "node:fs";
import { SynthaError } from "@syntha/core";

interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  /** Distinguishes files that had the same inode one after the other; undefined where the file system does not keep it. */
  readonly bornAt: bigint | undefined;
}

/** A write-ahead log and the file whose changes it holds, as this process had both open. */
interface OwnedLog {
  readonly name: string;
  readonly log: Identity;
  readonly owner: Identity;
}

const REGISTRY = Symbol.for("@syntha/storage-sqlite/log-owners");

/** Of open databases, and of those that were closed after their file was replaced; of all instances of this module. */
function ownedLogs(): Set<OwnedLog> {
  const scope = globalThis as { [REGISTRY]?: Set<OwnedLog> };
  return (scope[REGISTRY] ??= new Set());
}

/**
 * Registers the log of a database that is open.
 * @param name the file's name as SQLite uses it; empty for a database without a file
 * @returns a function that ends the registration; called when the database is closed
 */
export function registerWal(name: string): () => void {
  const [log, owner] = [identityOf(logOf(name)), identityOf(name)];
  if (log === undefined || owner === undefined) return () => {};
  const owned = { name, log, owner };
  ownedLogs().add(owned);
  return () => {
    // SQLite leaves the log of a file that was replaced where it is.
    const isLeft = isSame(identityOf(logOf(name)), log) && !isSame(identityOf(name), owner);
    if (!isLeft) ownedLogs().delete(owned);
  };
}

/**
 * Refuses a file that lies beside the log of the file which was there before. SQLite would apply the log to it: the new
 * file, such as a restored backup, would be overwritten with pages of the old one.
 * @throws MISCONFIGURED
 */
export function checkWalOwner(name: string): void {
  const [log, file] = [identityOf(logOf(name)), identityOf(name)];
  // SQLite itself deletes a log that lies beside an empty file.
  const isApplied = log?.size !== 0n && file?.size !== 0n;
  for (const owned of ownedLogs()) {
    if (owned.name !== name) continue;
    if (!isSame(log, owned.log)) ownedLogs().delete(owned);
    else if (isApplied && !isSame(file, owned.owner)) throw hasOldLog(name);
  }
}

function logOf(name: string): string {
  return `${name}-wal`;
}

function identityOf(path: string): Identity | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const { dev, ino, size, birthtimeNs, ctimeNs } = stats;
  const isBirthKept = birthtimeNs !== 0n && birthtimeNs !== ctimeNs;
  return { dev, ino, size, bornAt: isBirthKept ? birthtimeNs : undefined };
}

function isSame(one: Identity | undefined, other: Identity): boolean {
  if (one?.dev !== other.dev || one.ino !== other.ino) return false;
  return one.bornAt === undefined || other.bornAt === undefined || one.bornAt === other.bornAt;
}

function hasOldLog(name: string): SynthaError {
  return new SynthaError(
    "MISCONFIGURED",
    `${logOf(name)} is the write-ahead log of a file that was replaced: SQLite would apply it to the file that is at ${name} now.`,
    {
      hint: `Close all meshes on the file in every process, delete ${logOf(name)} and ${name}-shm, and open it again. If you need the changes in the log, move the replaced file back instead.`,
    },
  );
}
