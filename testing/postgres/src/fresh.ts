import { randomBytes } from "node:crypto";
import { Client, escapeIdentifier } from "pg";

/** A name for a schema that nobody else uses. The schema itself is the test's to create. */
export interface FreshSchema extends AsyncDisposable {
  /** The server and database. */
  readonly url: string;
  readonly name: string;
  /**
   * Drops the schema with all that is in it, if it is there.
   *
   * @throws Error after 10 s if an open transaction holds it
   */
  drop(): Promise<void>;
}

/** A database that nobody else uses. */
export interface FreshDatabase extends AsyncDisposable {
  /** Connects to it as the user who made it. */
  readonly url: string;
  readonly name: string;
  /**
   * Makes a role that may log in, and that goes with the database.
   *
   * @param attributes SQL such as `createdb` or `bypassrls`; none by default
   */
  role(attributes?: string): Promise<Role>;
  /** Ends all connections to it and drops it, and then the roles that were made for it. */
  drop(): Promise<void>;
}

/** A role of a database made for a test. */
export interface Role {
  /** Connects to the database as this role. */
  readonly url: string;
  readonly name: string;
}

/** All names made here start like this; what follows is letters of a to f and digits. */
const PREFIX = "syntha_test";

/** @param run names what belongs together, for `dropAll`: up to 16 letters and digits */
export function freshSchema(url: string, run = newRun()): FreshSchema {
  const name = newName(run);
  const drop = (): Promise<void> => execute(url, `drop schema if exists ${name} cascade`);
  return { url, name, drop, [Symbol.asyncDispose]: drop };
}

/** @param run as for `freshSchema` */
export async function freshDatabase(url: string, run = newRun()): Promise<FreshDatabase> {
  const name = newName(run);
  const roles: string[] = [];
  // Nobody is ever connected to template0, so that copying it waits for nobody.
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

/** A name for things made in one run of the tests. */
export const newRun = (): string => randomBytes(6).toString("hex");

/** Drops what a run left: schemas of this database, databases and roles of this server. */
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
  // The statement that it interrupts says so; else nobody misses it.
  client.on("error", () => {});
  await client.connect();
  // What is not there to be dropped needs no notice.
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
