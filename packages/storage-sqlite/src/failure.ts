import { types } from "node:util";
import { SynthaError, isSynthaError } from "@syntha/core";
import { OTHER, REASONS, USERS_TRANSACTION } from "./failure-reasons.ts";

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
