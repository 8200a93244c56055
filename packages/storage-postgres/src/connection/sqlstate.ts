/** The SQLSTATE of a server error, five characters; undefined for any other error. */
export function sqlstateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("severity" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * Whether the server rejected a statement: the connection stays usable, and nothing was committed. After an error that
 * ends the connection (08, 57P, FATAL) or an internal error (58, XX) the commit may have happened.
 */
export function isStatementError(error: unknown): boolean {
  const state = sqlstateOf(error);
  if (state === undefined || /^(08|57P|58|XX)/.test(state)) return false;
  const { severity } = error as { readonly severity?: unknown };
  return severity !== "FATAL" && severity !== "PANIC";
}

/** Whether it comes from a standby, or from a primary that becomes one: another connection may lead to another server. */
export function isReadOnlyServer(error: unknown): boolean {
  return sqlstateOf(error) === "25006";
}

/** Whether it is a serialization failure or a deadlock, after which a retry may succeed. */
export function isConflict(error: unknown): boolean {
  return /^(40001|40P01)$/.test(sqlstateOf(error) ?? "");
}

/** Whether a prepared statement is missing or already exists: a pooler or another program has changed them. */
export function isPreparedStatementLost(error: unknown): boolean {
  return /^(26000|42P05)$/.test(sqlstateOf(error) ?? "");
}

/** Whether Citus has no plan for a statement whose tenant is unknown when it is planned. */
export function isDistributedPlanMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("could not create distributed plan");
}

/** Whether a connection that looked healthy did not answer. */
export function isStalled(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Query read timeout");
}

/** Whether the log has more values of expired items than one statement clears; reported as a division by zero. */
export function hasUnscrubbedValues(error: unknown): boolean {
  return sqlstateOf(error) === "22012";
}
