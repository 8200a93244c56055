import { randomBytes } from "node:crypto";
import { Client, escapeIdentifier } from "pg";

/** A unique name for a schema. The test creates the schema. */
export interface FreshSchema extends AsyncDisposable {
  /** Connects to the server and database. */
  readonly url: string;
  readonly name: string;
  /**
   * Drops the schema and its contents, if it exists.
   *
   * @throws Error after 10 s if an open transaction locks it
   */
  drop(): Promise<void>;
}

/** A new database with a unique name. */
export interface FreshDatabase extends AsyncDisposable {
  /** Connects to the database as its owner. */
  readonly url: string;
  readonly name: string;
  /**
   * Creates a role that may log in. It is dropped with the database.
   *
   * @param attributes SQL such as `createdb` or `bypassrls`; default: none
   */
  role(attributes?: string): Promise<Role>;
  /** Ends its connections, drops it, and then drops its roles. */
  drop(): Promise<void>;
}

/** A role of a {@link FreshDatabase}. */
export interface Role {
  /** Connects to the database as this role. */
  readonly url: string;
  readonly name: string;
}

/** The prefix of all names; hexadecimal digits follow. */
const PREFIX = "syntha_test";

/** @param run a part of the name, by which `dropAll` finds it: up to 16 letters and digits */
export function freshSchema(url: string, run = newRun()): FreshSchema {
  const name = newName(run);
  const drop = (): Promise<void> => execute(url, `drop schema if exists ${name} cascade`);
  return { url, name, drop, [Symbol.asyncDispose]: drop };
}

/** @param run as for `freshSchema` */
export async function freshDatabase(url: string, run = newRun()): Promise<FreshDatabase> {
  const name = newName(run);
  const roles: string[] = [];
  // No client can connect to template0, so that copying it never waits.
  await execute(url, `create database ${name} template template0`);
  const drop = async (): Promise<void> => {
    await execute(url, `drop database if exists ${name} with (force)`);
    for (const role of roles) await execute(url, `drop role if exists ${role}`);
  };
  return {
    url: urlWith(url, { database: name }),
    name,
    async role(attributes = "") {
      const user = newName(run);
      const password = randomBytes(16).toString("hex");
      await execute(url, `create role ${user} login password '${password}' ${attributes}`);
      roles.push(user);
      return { name: user, url: urlWith(url, { database: name, user, password }) };
    },
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

/** A name for the objects of one test run. */
export const newRun = (): string => randomBytes(6).toString("hex");

/** Drops what a run has left: schemas of this database, databases and roles of this server. */
export async function dropAll(url: string, run: string): Promise<void> {
  const client = await connected(url);
  try {
    const names = async (sql: string): Promise<string[]> => {
      const { rows } = await client.query<{ name: string }>(sql, [`${PREFIX}_${run}_%`]);
      return rows.map(({ name }) => escapeIdentifier(name));
    };
    for (const name of await names("select datname as name from pg_database where datname like $1"))
      await client.query(`drop database if exists ${name} with (force)`);
    for (const name of await names(
      "select nspname as name from pg_namespace where nspname like $1",
    ))
      await client.query(`drop schema if exists ${name} cascade`);
    for (const name of await names("select rolname as name from pg_roles where rolname like $1"))
      await client.query(`drop role if exists ${name}`);
  } finally {
    await client.end();
  }
}

const newName = (run: string): string => `${PREFIX}_${run}_${randomBytes(6).toString("hex")}`;

async function execute(url: string, sql: string): Promise<void> {
  const client = await connected(url);
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, lock_timeout: 10_000 });
  // The interrupted statement, if there is one, rejects with the error.
  client.on("error", () => {});
  await client.connect();
  // Suppresses notices about objects that do not exist.
  await client.query("set client_min_messages = warning");
  return client;
}

function urlWith(
  url: string,
  { database, user, password }: { database: string; user?: string; password?: string },
): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  if (user !== undefined) changed.username = user;
  if (password !== undefined) changed.password = password;
  return changed.href;
}
