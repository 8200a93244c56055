/** The server's code of an error, five characters (SQLSTATE); undefined for any other error. */
export function sqlstateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("severity" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * Whether it is the server's answer to a statement: the connection stays usable, and nothing was committed. After an
 * error that ends the connection (08, 57P, FATAL) or an internal error (58, XX) the commit may have happened before.
 */
export function isStatementError(error: unknown): boolean {
  const state = sqlstateOf(error);
  if (state === undefined || /^(08|57P|58|XX)/.test(state)) return false;
  const { severity } = error as { readonly severity?: unknown };
  return severity !== "FATAL" && severity !== "PANIC";
}

/** Whether it comes from a standby, or a server that is about to become one: another connection may lead to another server. */
export function isReadOnlyServer(error: unknown): boolean {
  return sqlstateOf(error) === "25006";
}

/** Whether it failed because of a conflict with another transaction, so that repeating it may succeed. */
export function isConflict(error: unknown): boolean {
  return /^(40001|40P01)$/.test(sqlstateOf(error) ?? "");
}

/** Whether a prepared statement is lost, or was there before: a pooler or program has put others in its place. */
export function isPreparedStatementLost(error: unknown): boolean {
  return /^(26000|42P05)$/.test(sqlstateOf(error) ?? "");
}

/** Whether a connection that seemed sound gave no answer. */
export function isStalled(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Query read timeout");
}

/** Whether the log has more values of expired items than one statement removes: by a division by zero that tells it. */
export function hasUnscrubbedValues(error: unknown): boolean {
  return sqlstateOf(error) === "22012";
}
