import { SynthaError } from "@syntha/core";

/**
 * Refuses a connection string of which the driver would take a part for something else: a password with "/" or "#" makes
 * the rest of it a port or a database, whose name the server's answer then repeats.
 * @throws INVALID_ARGUMENTS
 */
export function checkConnectionString(text: string): string {
  // The path of a socket's folder.
  if (text.startsWith("/") || text.startsWith("socket:")) return text;
  const [, authority, path, query] =
    /^(?:postgres|postgresql|pg):\/\/([^/?#]*)([^?#]*)(.*)$/is.exec(text) ?? [];
  if (authority === undefined || path === undefined || query === undefined)
    throw invalid("`connectionString` must start with postgres:// or postgresql://.");
  const isSplit =
    query.includes("#") ||
    path.includes("@") ||
    (!authority.includes("@") && /^\?[^=&]*@/.test(query));
  if (isSplit)
    throw invalid("User, password and database in `connectionString` must be percent-encoded.");
  return text;
}

/** Never with the string itself, which holds a password. */
function invalid(message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Write `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@host:5432/database`, or pass a pool: new pg.Pool({ user, password, host, database }).",
    details: { path: "connectionString" },
  });
}
