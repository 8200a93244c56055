import type { ErrorCode } from "@syntha/core";

/** How an error of the server, a pooler, the driver or the resolver is reported. */
export interface Reason {
  readonly code: ErrorCode;
  /** What failed; the original message follows it. */
  readonly message: string;
  readonly hint: string;
}

export type Phase = "connect" | "statement";

interface Rule extends Reason {
  /** Default: both. */
  readonly phase?: Phase;
  /** Matches an SQLSTATE, or a code of Node.js or OpenSSL. */
  readonly errorCode?: RegExp;
  /** Matches the original message, where the code is missing or too general. */
  readonly text?: RegExp;
}

const CONNECTION_STRING =
  'Write "postgres://user:password@host:port/database", with encodeURIComponent for special characters.';

/** The first match is reported. */
const RULES: readonly Rule[] = [
  {
    // Poolers use the same codes for these as for outages.
    phase: "connect",
    errorCode: /^(08P01|XX000)$/,
    text: /no such (user|database)|authentication failed|not found|not allowed|unsupported startup parameter|config error|no pool configured/i,
    code: "MISCONFIGURED",
    message: "The pooler refused the connection",
    hint: "Correct user, password and database in `connectionString`, or the pooler's configuration.",
  },
  {
    text: /Cannot use a pool after calling end/,
    code: "CLOSED",
    message: "The pool was ended",
    hint: "Close the mesh before the pool, or pass another pool.",
  },
  {
    phase: "connect",
    text: /does not support SSL/,
    code: "MISCONFIGURED",
    message: "TLS is not available",
    hint: "Enable `ssl` on the server, or connect with sslmode=disable.",
  },
  {
    phase: "connect",
    text: /^SASL|password must be a string/,
    code: "MISCONFIGURED",
    message: "The server requires a password",
    hint: "Add user and password to `connectionString`, with encodeURIComponent for special characters.",
  },
  {
    phase: "connect",
    text: /URI malformed|Invalid URL|sslnegotiation|sslmode|SECURITY WARNING/,
    code: "MISCONFIGURED",
    message: "Invalid connection string",
    hint: CONNECTION_STRING,
  },
  {
    phase: "connect",
    text: /timeout exceeded when trying to connect|connection timeout|timeout expired/,
    code: "UNAVAILABLE",
    message: "Timed out waiting for a connection",
    hint: "Raise `connections` (or `max` of your pool) or `busyTimeout`; check that the server is reachable.",
  },
  {
    phase: "statement",
    text: /statement pooling mode/i,
    code: "MISCONFIGURED",
    message: "The pooler is in statement mode",
    hint: "Set its pool_mode to transaction or session, or connect to the server directly.",
  },
  {
    errorCode: /^53300$/,
    code: "UNAVAILABLE",
    message: "The server has no connection left",
    hint: "Lower `connections`, raise the server's max_connections, or use a pooler.",
  },
  {
    phase: "connect",
    errorCode: /^3D000$/,
    code: "MISCONFIGURED",
    message: "The database does not exist",
    hint: "Create it, or correct its name in `connectionString`.",
  },
  {
    phase: "connect",
    errorCode: /^28/,
    code: "MISCONFIGURED",
    message: "The server refused the user",
    hint: "Correct user and password in `connectionString`, with encodeURIComponent for special characters; pg_hba.conf must allow this user, address and encryption.",
  },
  {
    phase: "connect",
    errorCode: /^(0A|0L|0P|22|42|55000|EACCES$)/,
    code: "MISCONFIGURED",
    message: "The server refused the connection",
    hint: "Correct what the message names, in `connectionString` or on the server.",
  },
  {
    phase: "connect",
    errorCode: /^(ENOTFOUND|EAI_NONAME|EAI_NODATA)$/,
    code: "MISCONFIGURED",
    message: "Host not found",
    hint: "Correct the host in `connectionString`; special characters in the password need encodeURIComponent.",
  },
  {
    phase: "connect",
    errorCode:
      /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH|ERR_TLS_|ERR_SSL_|EPROTO$)/,
    code: "MISCONFIGURED",
    message: "The TLS connection failed",
    hint: "Pass the server's CA as sslrootcert in `connectionString`, or as `ssl: { ca }` to your pool, and connect by the host name in its certificate.",
  },
  {
    phase: "connect",
    errorCode: /^(ERR_INVALID_|ERR_SOCKET_BAD_PORT$)/,
    code: "MISCONFIGURED",
    message: "Invalid connection options",
    hint: CONNECTION_STRING,
  },
  {
    phase: "statement",
    text: /operation is not allowed on this node/,
    code: "MISCONFIGURED",
    message: "Only the coordinator of a Citus cluster can create or distribute tables",
    hint: "Open the storage once on the coordinator, or run the output of migrationSql() there.",
  },
  {
    phase: "statement",
    errorCode: /^55P03/,
    code: "UNAVAILABLE",
    message: "Timed out waiting for the tenant lock",
    hint: "Try again; look for a long transaction on the schema's tables, or raise `busyTimeout`.",
  },
  {
    phase: "statement",
    errorCode: /^40/,
    code: "UNAVAILABLE",
    message: "Repeated conflicts with other transactions",
    hint: "Try again; look for other programs that write to the schema's tables.",
  },
  {
    phase: "statement",
    errorCode: /^(57014|25P0)/,
    code: "UNAVAILABLE",
    message: "A statement or transaction timed out, or was canceled",
    hint: "Try again; check the server's load, or raise `statementTimeout`.",
  },
  {
    phase: "statement",
    errorCode: /^(25006|57P0|08|53)/,
    code: "UNAVAILABLE",
    message: "The server is temporarily unavailable",
    hint: "It is starting, stopping, full or a read-only standby. Try again.",
  },
  {
    phase: "statement",
    errorCode: /^42501/,
    code: "MISCONFIGURED",
    message: "The role lacks a permission",
    hint: "Grant it USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on its tables. To create the tables it needs CREATE; otherwise set `migrate: false` and run the output of migrationSql().",
  },
  {
    phase: "statement",
    errorCode: /^(42P07|42P06|42710)/,
    code: "STORAGE_MISMATCH",
    message: "The schema contains tables of another program",
    hint: "Set `schema` to one that no other program uses.",
  },
  {
    phase: "statement",
    errorCode: /^(3F000|42P01|42703|42883)/,
    code: "STORAGE_MISMATCH",
    message: "The schema's tables are missing or belong to another release",
    hint: "Open the storage once with `migrate: true`, or run the output of migrationSql(); check `schema`.",
  },
];

export const UNREADABLE_FILE: Reason = {
  code: "MISCONFIGURED",
  message: "Could not read a certificate or key",
  hint: "Correct sslrootcert, sslcert and sslkey in `connectionString`.",
};

export const UNREACHABLE: Reason = {
  code: "UNAVAILABLE",
  message: "Could not connect to the server",
  hint: "Try again; check that the server runs at this host and port.",
};

export const CONNECTION_LOST: Reason = {
  code: "UNAVAILABLE",
  message: "The connection to the server was lost",
  hint: "Try again: the next call uses another connection. Nothing was changed.",
};

export const OTHER: Reason = {
  code: "UNAVAILABLE",
  message: "PostgreSQL error",
  hint: "Nothing was changed; `cause` has the server's details.",
};

/** Undefined for an error that no rule matches. */
export function reasonFor(phase: Phase, errorCode: string, text: string): Reason | undefined {
  return RULES.find(
    (rule) =>
      (rule.phase ?? phase) === phase &&
      (rule.errorCode?.test(errorCode) ?? true) &&
      (rule.text?.test(text) ?? true),
  );
}
