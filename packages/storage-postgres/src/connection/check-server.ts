import { SynthaError } from "@syntha/core";
import type { PgConnection } from "./pg-connection.ts";
import { describeServer, type Server } from "./server.ts";
import { call, plain, type Row } from "./statement.ts";
import { reading } from "./transaction.ts";

const MIN_MAJOR = 13;

const SERVER_SETTINGS = plain(`
  SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
    current_setting('client_encoding'), s.setting = 'on' AND s.source IN ('database', 'user', 'database user', 'client'),
    version(), (SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'citus')
  FROM pg_catalog.pg_settings s WHERE s.name = 'default_transaction_read_only'`);

/** Identifies the server's process and whether the transaction is still open. */
const PROCESS = plain("SELECT pg_backend_pid(), current_setting('transaction_isolation')");

/**
 * Records what the server is. Refuses a server that is too old or has another encoding, settings that a session can't override, and a pooler in
 * statement mode.
 * @throws STORAGE_MISMATCH, MISCONFIGURED
 */
export async function checkServer(connection: PgConnection, server: Server): Promise<void> {
  const [about, before, after] = await reading(connection, async (transaction) => [
    ...(await transaction.run([call(SERVER_SETTINGS), call(PROCESS)])),
    ...(await transaction.run([call(PROCESS)])),
  ]);
  checkSettings(about?.rows[0] ?? [], server);
  if (String(before?.rows[0]) === String(after?.rows[0])) return;
  throw misconfigured(
    "The pooler does not keep a transaction on one server connection.",
    "Set its pool_mode to transaction or session, or connect to the server directly.",
  );
}

function checkSettings(
  [version, encoding, clientEncoding, isReadOnly, name, citus]: Row,
  server: Server,
): void {
  Object.assign(server, describeServer(name as string, citus as string | null));
  server.citus = (citus as string | null) ?? undefined;
  checkVersion(version as number, server.version);
  checkEncoding(encoding as string);
  if (clientEncoding !== "UTF8")
    throw misconfigured(
      `The client_encoding of the connection is ${clientEncoding as string}, not UTF8.`,
      "Remove client_encoding from the connection's options.",
    );
  if (isReadOnly === true)
    throw misconfigured(
      "Transactions of this role or database are read-only (default_transaction_read_only).",
      "Run ALTER ROLE … RESET default_transaction_read_only, or ALTER DATABASE …, or connect as another role.",
    );
}

/**
 * @param version the server's version number: 180001 is 18.1
 * @param name what the server names itself
 */
export function checkVersion(version: number, name = ""): void {
  const major = Math.floor(version / 10_000);
  if (major >= MIN_MAJOR) return;
  // Other servers that speak the protocol report the number of the PostgreSQL that they resemble.
  const found = name.startsWith("PostgreSQL ") || name === "" ? `PostgreSQL ${major}` : name;
  throw new SynthaError("STORAGE_MISMATCH", `${found} is not supported.`, {
    hint: `Use PostgreSQL ${MIN_MAJOR} or later.`,
  });
}

function checkEncoding(encoding: string): void {
  if (encoding === "UTF8") return;
  throw new SynthaError(
    "STORAGE_MISMATCH",
    `The encoding of the database is ${encoding}, not UTF8.`,
    {
      hint: "Create one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
    },
  );
}

function misconfigured(message: string, hint: string): SynthaError {
  return new SynthaError("MISCONFIGURED", message, { hint });
}
