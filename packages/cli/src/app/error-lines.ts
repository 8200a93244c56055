import { type ErrorCode, isSynthaError } from "@syntha/core";
import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import { Interrupted } from "../interrupt.ts";
import { toSafeJson, visibleLines } from "../terminal/escape.ts";

/** An error as a person reads it, or as JSON with `--json`: its message, code and hint. */
export function errorLines(error: unknown, cli: Pick<Cli, "argv" | "err">): readonly string[] {
  const { message, code, hint, stack } = partsOf(error);
  if (cli.argv.includes("--json")) return [toSafeJson({ error: message, code, hint })];
  const { paint } = cli.err;
  const [first = "", ...rest] = visibleLines(message);
  return [
    `${paint("red", "✗")} ${first}${code === undefined ? "" : paint("dim", `  ${code}`)}`,
    ...rest.map((line) => `  ${line}`),
    ...(hint === undefined || hint === "" ? [] : visibleLines(hint).map((line) => `  ${line}`)),
    ...(stack === undefined ? [] : visibleLines(stack).map((line) => paint("dim", line))),
  ];
}

interface ErrorParts {
  readonly message: string;
  readonly code?: string | undefined;
  readonly hint?: string | undefined;
  /** Of what should not happen. */
  readonly stack?: string | undefined;
}

/** The next step on a command line, where it differs from that in a program. */
const HINTS: ReadonlyMap<ErrorCode, string> = new Map([
  ["ROUTE_REQUIRED", "Set a route: --topic TOPIC, --to AGENT, or --global for everyone."],
  ["NOT_OWNER", "Act as its owner with --as OWNER, or with --as system."],
  ["TENANT_EXISTS", "Choose another id: --to-tenant for a copy, --tenant for an import."],
  ["KEY_TAKEN", "Choose another key, or replace the item with --as system."],
]);

const NO_TABLES =
  "`syntha push KEY VALUE --global` creates or upgrades the tables; commands that look do not. Programs of an older release may then need an upgrade.";

/** What a program passes to a storage, a command line has in the storage's URL. */
function toOptionNames(text: string): string {
  return text
    .replaceAll("`connectionString`", "the storage's URL")
    .replaceAll("`schema`", "`?schema=` in the storage's URL")
    .replace(/^Write new (?:Postgres|Sqlite)Storage\b.*$/s, URL_FORMS)
    .replace(/\bifRevision: (\d+)/g, "--if-revision $1")
    .replaceAll("`notBefore`", "--not-before")
    .replaceAll("`retryIn`", "--retry-in")
    .replace(/^`(log|history|events|ttl|timeout)` must be/, "--$1 must be")
    .replace("Leave `agent` out", "Leave --agent out")
    .replace(/^system\.leases\(\) returns .*$/, "syntha tasks shows the tasks that agents hold.")
    .replace(/`list\(\)` of a TenantRegistry .*$/, "syntha doctor names the tenants of a storage.")
    .replace(/, or pass a pool: new pg\.Pool\(.*\)/, "")
    .replace(/ To use a database that has your own tables, open it yourself: .*$/, "");
}

const URL_FORMS =
  "The storage is sqlite:mesh.db, or postgres://user@host:5432/database, with ?schema=NAME for other tables.";

/** What an error says on a command line. */
export function partsOf(error: unknown): ErrorParts {
  if (isSynthaError(error)) {
    const { code } = error;
    if (code === "STORAGE_MISMATCH" && error.message.startsWith("Migration"))
      return { message: error.message, code, hint: NO_TABLES };
    return {
      message: toOptionNames(error.message),
      code,
      hint: HINTS.get(code) ?? (error.hint && toOptionNames(error.hint)),
    };
  }
  if (typeof error === "string") return { message: error, code: "USAGE" };
  if (error instanceof Interrupted) return { message: error.message, code: "ABORTED" };
  if (error instanceof UsageError) return { message: error.message, code: "USAGE" };
  // Of a file: where in the program is of no use.
  if (error instanceof Error && "syscall" in error)
    return { message: error.message, code: (error as NodeJS.ErrnoException).code };
  if (error instanceof Error) return { message: error.message, stack: error.stack };
  return { message: String(error) };
}
