import { SynthaError } from "@syntha/core";

/**
 * Refuses a connection string that the driver would split in the wrong place. After an unencoded "/" or "#" in the
 * password, the rest of the password becomes the port or the database, whose name the server's error then repeats.
 * @throws INVALID_ARGUMENTS
 */
export function checkConnectionString(text: string): string {
  // The directory of a Unix socket.
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

/** The string itself is not repeated: it contains a password. */
function invalid(message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Write `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@host:5432/database`, or pass a pool: new pg.Pool({ user, password, host, database }).",
    details: { path: "connectionString" },
  });
}
