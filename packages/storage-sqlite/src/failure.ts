import { types } from "node:util";
import { SynthaError, isSynthaError } from "@syntha/core";

/**
 * The code of an error of the driver, the file system or Node's permission model, such as SQLITE_BUSY or EACCES;
 * undefined for any other. Not by `instanceof`: test runners and `node:vm` load this module into a realm whose `Error` is
 * not that of Node, nor of a driver that was loaded before.
 */
export function driverCode(error: unknown): string | undefined {
  if (!types.isNativeError(error) || !("code" in error)) return undefined;
  const { code } = error;
  if (typeof code !== "string") return undefined;
  return /^(SQLITE_|ERR_ACCESS_DENIED$)/.test(code) || "syscall" in error ? code : undefined;
}

/** Whether another connection is in the way, so that a later try may succeed. */
export function isBusy(error: unknown): boolean {
  const code = driverCode(error);
  if (code !== undefined && /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return true;
  return isUsersTransaction(error);
}

/** Whether the disk failed to read, write or sync. */
export function isDiskFailure(error: unknown): boolean {
  return driverCode(error)?.startsWith("SQLITE_IOERR") ?? false;
}

/**
 * Whether an error of COMMIT says that nothing was committed. A full disk does: the last page of a commit, which carries
 * its mark, is then not whole in the log. After a failed sync all pages may be whole, and come back after a crash.
 */
export function isRefusedCommit(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|FULL|CONSTRAINT|READONLY)/.test(driverCode(error) ?? "");
}

export function unknownOutcome(error: unknown): SynthaError {
  return new SynthaError(
    "UNKNOWN_OUTCOME",
    `SQLite failed while it committed, so the write may be there or not. (${driverCode(error) ?? String(error)})`,
    {
      hint: "Read before you repeat it, or repeat it with `ifRevision`. Look at the disk's health and at the system's log.",
      cause: error,
    },
  );
}

/** On a database that the user handed in, the user's own transaction or open iterator may be in the way. */
function isUsersTransaction(error: unknown): boolean {
  return (
    types.isNativeError(error) &&
    /(within|inside) a transaction|connection is busy executing a query/.test(error.message)
  );
}

interface Reason {
  readonly when: RegExp;
  readonly code: "UNAVAILABLE" | "MISCONFIGURED" | "STORAGE_MISMATCH";
  readonly message: string;
  readonly hint: string;
}

const REASONS: readonly Reason[] = [
  {
    when: /^SQLITE_(BUSY|LOCKED|PROTOCOL)/,
    code: "UNAVAILABLE",
    message: "The database is locked by another connection that does not let go of it.",
    hint: "Try again; look for a long transaction of another process, or raise `busyTimeout`.",
  },
  {
    when: /^SQLITE_IOERR/,
    code: "UNAVAILABLE",
    message: "The disk failed to read, write or sync the database.",
    hint: "Nothing was changed. Look at the disk's health and at the system's log, and try again.",
  },
  {
    when: /^SQLITE_FULL|^(ENOSPC|EDQUOT)$/,
    code: "UNAVAILABLE",
    message: "The disk that holds the database is full.",
    hint: "Free some space and try again; nothing was changed.",
  },
  {
    when: /^SQLITE_READONLY_DBMOVED/,
    code: "UNAVAILABLE",
    message: "The database file was deleted or replaced while it was in use.",
    hint: "Nothing was changed. Put the file back and try again.",
  },
  {
    when: /^SQLITE_(READONLY|PERM|AUTH)/,
    code: "MISCONFIGURED",
    message: "The database can only be read.",
    hint: "Give this process the right to write the file and its directory.",
  },
  {
    when: /^E(ACCES|PERM|ROFS|NOENT|NOTDIR|ISDIR|LOOP|NAMETOOLONG)$/,
    code: "MISCONFIGURED",
    message: "This process may not use the database file or its directory.",
    hint: "Check the path, and give this process the right to read and write the file and its directory.",
  },
  {
    when: /^ERR_ACCESS_DENIED$/,
    code: "MISCONFIGURED",
    message: "Node's permission model denies this process the database file or its directory.",
    hint: "Start Node with --allow-fs-read and --allow-fs-write for the directory of the file, or name a file in one that it allows.",
  },
  {
    when: /^SQLITE_CANTOPEN|^E[A-Z]+$/,
    code: "UNAVAILABLE",
    message: "The database file can't be opened.",
    hint: "Check that the path names a file that this process may read and write, and that it may open more files.",
  },
  {
    when: /^SQLITE_(ERROR|SCHEMA|CONSTRAINT|MISMATCH)/,
    code: "STORAGE_MISMATCH",
    message: "The tables of the database are not those that this release creates.",
    hint: "See `cause` for SQLite's message; nothing was changed. Restore the database from a backup, or name another file.",
  },
  {
    when: /^SQLITE_(CORRUPT|NOTADB)/,
    code: "STORAGE_MISMATCH",
    message: "The database file is damaged, or is no SQLite database.",
    hint: "Restore it from a backup, or name another file.",
  },
];

const USERS_TRANSACTION: Omit<Reason, "when"> = {
  code: "UNAVAILABLE",
  message:
    "This program's own transaction or query is still open on the database that it handed in.",
  hint: "End it before you await the mesh, or give the storage a connection of its own.",
};

const OTHER: Omit<Reason, "when"> = {
  code: "UNAVAILABLE",
  message: "SQLite failed.",
  hint: "See `cause` for SQLite's message; nothing was changed.",
};

/** What callers get for an error: ours as it is, the driver's with a code and a hint, a bug unchanged. */
export function toFailure(error: unknown): unknown {
  if (isSynthaError(error)) return error;
  const isUsers = isUsersTransaction(error);
  const driver = isUsers ? "SQLITE_BUSY" : driverCode(error);
  if (driver === undefined) return error;
  const { code, message, hint } = isUsers
    ? USERS_TRANSACTION
    : (REASONS.find(({ when }) => when.test(driver)) ?? OTHER);
  return new SynthaError(code, `${message} (${driver})`, { hint, cause: error });
}
