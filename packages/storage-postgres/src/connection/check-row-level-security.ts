import { SynthaError } from "@syntha/core";
import { TENANT_COLUMNS } from "../tables/tenant-rows.ts";
import type { PgConnection } from "./pg-connection.ts";
import { call, plain } from "./statement.ts";
import { reading, type Transaction } from "./transaction.ts";

/** Makes the server print the policies without unnecessary quotes, so that they can be compared. */
const BARE_NAMES = plain("SELECT set_config('quote_all_identifiers', 'off', true)");

/** The roles that this connection has or can assume and that bypass policies, some by access to the server's files. */
const UNBOUND = plain(`
  SELECT DISTINCT r.rolname FROM pg_catalog.pg_roles r
  WHERE (r.rolsuper OR r.rolbypassrls
      OR r.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
    AND (pg_has_role(current_user, r.oid, 'MEMBER') OR pg_has_role(session_user, r.oid, 'MEMBER'))`);

/**
 * For each table: whether its policies apply to every role, whether this connection could remove them, and whether it
 * could truncate the table or add triggers to it, which no policy prevents.
 */
const TABLES = plain(`
  SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
    pg_has_role(current_user, c.relowner, 'MEMBER') OR pg_has_role(session_user, c.relowner, 'MEMBER'),
    EXISTS (SELECT 1 FROM pg_catalog.aclexplode(c.relacl) a
      WHERE a.privilege_type IN ('TRUNCATE', 'TRIGGER') AND (a.grantee = 0
        OR pg_has_role(current_user, a.grantee, 'MEMBER') OR pg_has_role(session_user, a.grantee, 'MEMBER')))
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = ANY($2::text[])`);

/** The owner of the schema can drop its tables and create others without policies. */
const OWNS_SCHEMA = plain(`
  SELECT 1 FROM pg_catalog.pg_namespace n WHERE n.nspname = $1
    AND (pg_has_role(current_user, n.nspowner, 'MEMBER') OR pg_has_role(session_user, n.nspowner, 'MEMBER'))`);

/** The policies that allow this connection to read or write rows; a row needs only one of them. */
const POLICIES = plain(`
  SELECT c.relname, p.polname, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
  FROM pg_catalog.pg_policy p
  JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = ANY($2::text[]) AND p.polpermissive
    AND EXISTS (SELECT 1 FROM unnest(p.polroles) r(oid)
      WHERE r.oid = 0 OR pg_has_role(current_user, r.oid, 'MEMBER') OR pg_has_role(session_user, r.oid, 'MEMBER'))`);

/**
 * Checks that the database separates tenants: that the role can neither bypass nor remove the policies, and that every
 * table has the policy and no other.
 * @throws STORAGE_MISMATCH
 */
export async function checkRowLevelSecurity(
  connection: PgConnection,
  schema: string,
): Promise<void> {
  await reading(connection, (transaction) => check(transaction, schema), [call(BARE_NAMES)]);
}

async function check(transaction: Transaction, schema: string): Promise<void> {
  const names = Object.keys(TENANT_COLUMNS);
  const problems: string[] = [];
  const { rows: unbound } = await transaction.one(call(UNBOUND));
  for (const [role] of unbound)
    problems.push(
      `the connection has or can assume the role "${role as string}", which bypasses policies`,
    );
  const { rows: owned } = await transaction.one(call(OWNS_SCHEMA, schema));
  if (owned.length > 0)
    problems.push("its role owns the schema or can assume the role of the owner");
  const { rows: tables } = await transaction.one(call(TABLES, schema, names));
  for (const [table, isForced, isOwned, isTruncatable] of tables) {
    if (isOwned === true)
      problems.push(`its role owns "${table as string}" or can assume the role of the owner`);
    else if (isTruncatable === true)
      problems.push(`its role may TRUNCATE "${table as string}" or add triggers to it`);
    if (isForced !== true)
      problems.push(`row level security is not enabled and forced on "${table as string}"`);
  }
  const { rows: policies } = await transaction.one(call(POLICIES, schema, names));
  for (const name of names) {
    if (!tables.some(([table]) => table === name)) problems.push(`the table "${name}" is missing`);
    const own = policies.filter(([table]) => table === name);
    if (own.length === 0) problems.push(`"${name}" has no policy for its role`);
    for (const [, policy, using, check] of own) {
      if (!isOurs(name, using) || (check !== null && !isOurs(name, check)))
        problems.push(`the policy "${policy as string}" on "${name}" allows other rows`);
    }
  }
  if (problems.length > 0) throw refusal(problems);
}

function isOurs(table: string, expression: unknown): boolean {
  const column = TENANT_COLUMNS[table as keyof typeof TENANT_COLUMNS];
  // As the server prints it.
  return (
    expression === `(${column} = NULLIF(current_setting('syntha.tenant'::text, true), ''::text))`
  );
}

function refusal(problems: readonly string[]): SynthaError {
  const [first, ...others] = problems;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return new SynthaError(
    "STORAGE_MISMATCH",
    `Row level security does not separate tenants: ${first}${more}.`,
    {
      hint: "Connect as a role that owns nothing, is not a superuser and has no other grants, after the owner of the tables has run the output of rowLevelSecuritySql().",
      cause: new Error(problems.join("; ")),
    },
  );
}
