import { type ErrorCode, isSynthaError, SynthaError } from "@syntha/core";
import { resultCodeName } from "./drivers/result-codes.ts";

/** How an error of SQLite or the file system is reported. */
interface Reason {
  readonly code: ErrorCode;
  /** What failed; the library's own message follows. */
  readonly message: string;
  readonly hint: string;
}

type Rule = Reason & { readonly when: RegExp };

/** By the library's code; the first match counts. */
const RULES: readonly Rule[] = [
  {
    when: /^SQLITE_(BUSY|LOCKED|PROTOCOL)/,
    code: "UNAVAILABLE",
    message: "Timed out waiting for the database lock",
    hint: "Try again; look for a long transaction of another process, or raise `busyTimeout`.",
  },
  {
    when: /^SQLITE_IOERR/,
    code: "UNAVAILABLE",
    message: "The disk failed to read, write or sync the database",
    hint: "Nothing was changed. Check the disk's health and the system log, and try again.",
  },
  {
    when: /^SQLITE_FULL|^(ENOSPC|EDQUOT)$/,
    code: "UNAVAILABLE",
    message: "The disk that holds the database is full",
    hint: "Free some space and try again; nothing was changed.",
  },
  {
    when: /^SQLITE_READONLY_DBMOVED/,
    code: "UNAVAILABLE",
    message: "The database file was deleted or replaced while it was open",
    hint: "Nothing was changed. Put the file back and try again.",
  },
  {
    when: /^SQLITE_(READONLY|PERM|AUTH)/,
    code: "MISCONFIGURED",
    message: "The database is read-only",
    hint: "Give this process permission to write the file and its directory.",
  },
  {
    when: /^E(ACCES|PERM|ROFS|NOENT|NOTDIR|ISDIR|LOOP|NAMETOOLONG)$/,
    code: "MISCONFIGURED",
    message: "This process can't access the database file or its directory",
    hint: "Check the path, and give this process permission to read and write the file and its directory.",
  },
  {
    when: /^ERR_ACCESS_DENIED$/,
    code: "MISCONFIGURED",
    message: "Node's permission model denies access to the database file or its directory",
    hint: "Start Node with --allow-fs-read and --allow-fs-write for the file's directory, or pass a path in a directory that it allows.",
  },
  {
    when: /^SQLITE_CANTOPEN|^E[A-Z]+$/,
    code: "UNAVAILABLE",
    message: "Failed to open the database file",
    hint: "Check that this process may read and write the file, and that it has not reached its limit of open files.",
  },
  {
    when: /^SQLITE_(ERROR|SCHEMA|CONSTRAINT|MISMATCH)/,
    code: "STORAGE_MISMATCH",
    message: "The tables of the database are not those of this release",
    hint: "Nothing was changed. Restore the database from a backup, or pass another file.",
  },
  {
    when: /^SQLITE_(CORRUPT|NOTADB)/,
    code: "STORAGE_MISMATCH",
    message: "The file is damaged, or is not a SQLite database",
    hint: "Restore it from a backup, or pass another file.",
  },
];

const OPEN_TRANSACTION: Reason = {
  code: "UNAVAILABLE",
  message: "Your own transaction or query is still open on the database that you passed",
  hint: "End it before you await the mesh, or give the storage its own connection.",
};

const OTHER: Reason = {
  code: "UNAVAILABLE",
  message: "SQLite error",
  hint: "Nothing was changed; `cause` has the original error.",
};

/**
 * What a caller gets for an error: a SynthaError as it is, an error of SQLite or the file system with a code and a hint, a
 * bug unchanged.
 */
export function toFailure(error: unknown): unknown {
  if (isSynthaError(error)) return error;
  const isOpen = isTransactionOpen(error);
  const driver = driverCode(error);
  if (!isOpen && driver === undefined) return error;
  const rule = RULES.find(({ when }) => when.test(driver ?? ""));
  const { code, message, hint } = isOpen ? OPEN_TRANSACTION : (rule ?? OTHER);
  return new SynthaError(code, `${message}: ${detailOf(error)}.`, { hint, cause: error });
}

export function unknownOutcome(error: unknown): SynthaError {
  return new SynthaError(
    "UNKNOWN_OUTCOME",
    `SQLite failed during the commit, so the write may or may not have happened: ${detailOf(error)}.`,
    {
      hint: "Read before you write again, or repeat the write with `ifRevision`. Check the disk's health and the system log.",
      cause: error,
    },
  );
}

/** The library's own message and code; a message of the file system starts with its code. */
function detailOf(error: unknown): string {
  const text = isError(error) ? error.message : String(error);
  const message = text.replace(/\.$/, "");
  const code = driverCode(error);
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
}

/**
 * The code of an error of the driver, the file system or Node's permission model, such as SQLITE_BUSY or EACCES;
 * undefined for any other error. It does not use `instanceof`: test runners and `node:vm` load this module into a realm
 * whose `Error` is neither Node's nor that of a driver that was loaded before.
 */
export function driverCode(error: unknown): string | undefined {
  if (!isError(error) || !("code" in error)) return undefined;
  const { code } = error;
  if (typeof code !== "string") return undefined;
  if (code === "ERR_SQLITE_ERROR") return codeOfNodeSqlite(error);
  return /^(SQLITE_|ERR_ACCESS_DENIED$)/.test(code) || "syscall" in error ? code : undefined;
}

/** Of any realm. `node:util` has a check too, but to import it takes longer than to import better-sqlite3. */
function isError(value: unknown): value is Error {
  return Object.prototype.toString.call(value) === "[object Error]";
}

/** `node:sqlite` gives SQLite's extended code as a number. */
function codeOfNodeSqlite(error: Error & { errcode?: unknown }): string | undefined {
  return typeof error.errcode === "number" ? resultCodeName(error.errcode) : undefined;
}

/** The error of better-sqlite3 and of SQLite's functions for a database that another connection has locked. */
export function databaseIsLocked(): Error {
  return Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
}

/** Whether a lock is held elsewhere, so that a later attempt may succeed. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(driverCode(error) ?? "") || isTransactionOpen(error);
}

/** Whether the disk failed to read, write or sync. */
export function isDiskFailure(error: unknown): boolean {
  return driverCode(error)?.startsWith("SQLITE_IOERR") ?? false;
}

/**
 * Whether an error of COMMIT means that nothing was committed. With a full disk it does: the last page of a commit, which
 * marks it as complete, is then incomplete in the log. After a failed sync all pages may be complete, and be recovered
 * after a crash.
 */
export function isRefusedCommit(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|FULL|CONSTRAINT|READONLY)/.test(driverCode(error) ?? "");
}

/** A database of the user's may have an open transaction or iterator of the user's. */
function isTransactionOpen(error: unknown): boolean {
  return (
    isError(error) &&
    /(within|inside) a transaction|connection is busy executing a query/.test(error.message)
  );
}
