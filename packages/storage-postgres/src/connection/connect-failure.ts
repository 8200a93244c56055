import { types } from "node:util";
import { isSynthaError } from "@syntha/core";
import { failure, type Reason, messageOf } from "../failure.ts";
import { sqlstateOf } from "./sqlstate.ts";

type Rule = Reason & { readonly when: RegExp };

/** By SQLSTATE, or the code of Node and OpenSSL. What is not here passes by itself. */
const CODES: readonly Rule[] = [
  {
    when: /^3D000$/,
    code: "MISCONFIGURED",
    message: "The database does not exist",
    hint: "Create it, or correct its name in `connectionString`.",
  },
  {
    when: /^28/,
    code: "MISCONFIGURED",
    message: "The server refused the user",
    hint: "Correct user and password in `connectionString`, with encodeURIComponent for special characters; pg_hba.conf must allow this user, address and encryption.",
  },
  {
    when: /^53300$/,
    code: "UNAVAILABLE",
    message: "The server has no connection left",
    hint: "Lower `connections`, raise the server's max_connections, or put a pooler in front of it.",
  },
  {
    when: /^(0A|0L|0P|22|42|55000|EACCES$)/,
    code: "MISCONFIGURED",
    message: "The server refused the connection",
    hint: "Correct what the message names, in `connectionString` or on the server.",
  },
  {
    when: /^(ENOTFOUND|EAI_NONAME|EAI_NODATA)$/,
    code: "MISCONFIGURED",
    message: "The host was not found",
    hint: "Correct the host in `connectionString`; special characters in the password need encodeURIComponent.",
  },
  {
    when: /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH|ERR_TLS_|ERR_SSL_|EPROTO$)/,
    code: "MISCONFIGURED",
    message: "The TLS connection was refused",
    hint: "Give the server's CA by sslrootcert in `connectionString`, or by `ssl: { ca }` in a pool, and connect by the name in its certificate.",
  },
  {
    when: /^(ERR_INVALID_|ERR_SOCKET_BAD_PORT$)/,
    code: "MISCONFIGURED",
    message: "The connection's options can't be used",
    hint: 'Write "postgres://user:password@host:port/database", with encodeURIComponent for special characters.',
  },
];

/** By words, where there is no code that says it. */
const WORDS: readonly Rule[] = [
  {
    when: /does not support SSL/,
    code: "MISCONFIGURED",
    message: "TLS is not available",
    hint: "Enable `ssl` on the server, or connect with sslmode=disable.",
  },
  {
    when: /^SASL|password must be a string/,
    code: "MISCONFIGURED",
    message: "The server asks for a password",
    hint: "Give user and password in `connectionString`, with encodeURIComponent for special characters.",
  },
  {
    when: /URI malformed|Invalid URL|sslnegotiation|sslmode|SECURITY WARNING/,
    code: "MISCONFIGURED",
    message: "The connection string can't be used",
    hint: 'Write "postgres://user:password@host:port/database", with encodeURIComponent for special characters.',
  },
  {
    when: /Cannot use a pool after calling end/,
    code: "CLOSED",
    message: "The pool was ended",
    hint: "Close the mesh before the pool, or pass another pool.",
  },
  {
    when: /timeout exceeded when trying to connect|connection timeout|timeout expired/,
    code: "UNAVAILABLE",
    message: "No connection was free, or could be made, in time",
    hint: "Raise `connections` (of a pool: `max`) or `busyTimeout`; check that the server can be reached.",
  },
];

/**
 * Whether a connection may be had as soon as another is given back: the server, a pooler or the pool has none left now.
 */
export function isExhausted(error: unknown): boolean {
  return (
    sqlstateOf(error) === "53300" ||
    /timeout exceeded when trying to connect|no more connections allowed|max client connections|could not get connection from the pool/i.test(
      messageOf(error),
    )
  );
}

/** Poolers have no codes for what PostgreSQL has codes for. */
const POOLER_REFUSALS =
  /no such (user|database)|authentication failed|not found|not allowed|unsupported startup parameter|config error|no pool configured/i;

const REFUSED_BY_POOLER: Reason = {
  code: "MISCONFIGURED",
  message: "The pooler refused the connection",
  hint: "Correct user, password and database in `connectionString`, or the pooler's configuration.",
};

const FILE: Reason = {
  code: "MISCONFIGURED",
  message: "A certificate or key could not be read",
  hint: "Correct sslrootcert, sslcert and sslkey in `connectionString`.",
};

const UNREACHABLE: Reason = {
  code: "UNAVAILABLE",
  message: "No connection to the server could be made",
  hint: "Try again; check that the server runs at this host and port.",
};

/**
 * What callers get when no connection can be had.
 * @param isKnownHost Whether the host was found before: then a resolver that does not find it is out of order.
 */
export function toConnectFailure(error: unknown, isKnownHost: boolean): unknown {
  if (isSynthaError(error) || !types.isNativeError(error)) return error;
  const words = messageOf(error);
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  if (syscall === "open") return failure(FILE, error);
  const isPoolers = /^(08P01|XX000)$/.test(sqlstateOf(error) ?? "");
  if (isPoolers && POOLER_REFUSALS.test(words)) return failure(REFUSED_BY_POOLER, error);
  const rule =
    WORDS.find(({ when }) => when.test(words)) ?? CODES.find(({ when }) => when.test(code));
  if (rule === undefined || (isKnownHost && syscall === "getaddrinfo"))
    return failure(UNREACHABLE, error);
  // Errors about an URL hold all of it, and with it the password.
  return failure(rule, code === "ERR_INVALID_URL" ? new Error(error.message) : error);
}
