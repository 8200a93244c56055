import { UsageError } from "../command/usage-error.ts";

/** Where the mesh is. Plain data: the workers are told it as well. */
export type StorageChoice =
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite"; readonly path: string }
  | {
      readonly kind: "postgres";
      readonly url: string;
      /** Undefined: the storage's own. */
      readonly schema: string | undefined;
    };

/** A Postgres URL, whose own scheme may have ours in front of it. */
const POSTGRES = /^(?:postgres:)?(postgres(?:ql)?:\/\/.*)$/;

/**
 * Reads `memory`, `sqlite:FILE`, or a Postgres URL, with `postgres:` in front of it or not, whose `?schema=` names the
 * schema.
 *
 * @throws UsageError
 */
export function parseStorage(given: string): StorageChoice {
  if (given === "memory") return { kind: "memory" };
  const path = given.startsWith("sqlite:") ? given.slice("sqlite:".length) : "";
  if (path === ":memory:") return { kind: "memory" };
  if (path !== "") return { kind: "sqlite", path };
  const url = POSTGRES.exec(given)?.[1];
  if (url !== undefined) return toPostgres(url);
  throw new UsageError(
    `--storage is memory, sqlite:FILE or postgres://USER@HOST/DATABASE, not "${given}"`,
  );
}

function toPostgres(given: string): StorageChoice {
  const url = URL.parse(given);
  if (url === null) throw new UsageError(`--storage names a Postgres URL that can't be read`);
  const schema = url.searchParams.get("schema");
  if (schema === null) return { kind: "postgres", url: given, schema: undefined };
  if (schema === "") throw new UsageError("--storage names no schema behind ?schema=");
  url.searchParams.delete("schema");
  return { kind: "postgres", url: url.href, schema };
}

/** What to name as `--storage` to find the mesh again; a password in it is not shown. */
export function spellStorage(choice: StorageChoice): string {
  if (choice.kind === "memory") return "memory";
  if (choice.kind === "sqlite") return `sqlite:${choice.path}`;
  const url = new URL(choice.url);
  if (url.password !== "") url.password = "***";
  if (url.searchParams.has("password")) url.searchParams.set("password", "***");
  if (choice.schema !== undefined) url.searchParams.set("schema", choice.schema);
  return url.href;
}
