import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshDatabase, postgresUrl } from "@syntha/testing-postgres/vitest";
import { type Server, startServer, TcpProxy } from "@syntha/testing-postgres";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { toConnectFailure, toFailure } from "../src/failure.ts";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";
import { ownPool } from "./support/own-pool.ts";
import { query } from "./support/query.ts";
import { fatal, scriptedServer } from "./support/scripted-server.ts";
import { selfSigned } from "./support/self-signed.ts";
import { until } from "./support/until.ts";

/** Part of every connection string here, and of no error. */
const PASSWORD = "s3cr3t p@ss/w#rd?";

/** The error of a call; checks that it does not contain the password. */
async function failureOf(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error)].join();
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)])
    if (shown.includes(secret)) throw new Error("The error holds the password.");
  return error;
}

async function refusal(connectionString: string): Promise<unknown> {
  const storage = new PostgresStorage({ connectionString, busyTimeout: "2s" });
  const error = await failureOf(storage.open());
  await storage.close();
  return error;
}

/** @param words the message of the server, the resolver or the driver */
const failure = (code: string, words: RegExp, hint: RegExp): object => ({
  code,
  retryable: code === "UNAVAILABLE",
  message: expect.stringMatching(words),
  hint: expect.stringMatching(hint),
});

const misconfigured = (words: RegExp, hint: RegExp) => failure("MISCONFIGURED", words, hint);
const unavailable = (words: RegExp, hint: RegExp) => failure("UNAVAILABLE", words, hint);

/** The shared server's URL, changed. */
async function sharedUrl(change: (url: URL) => void): Promise<string> {
  const url = new URL(await postgresUrl());
  url.password = encodeURIComponent(PASSWORD);
  change(url);
  return url.href;
}

describe("password authentication", () => {
  let server: Server;
  const url = (user: string, password: string, database = "postgres"): string =>
    `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${database}`;

  beforeAll(async () => {
    server = await startServer();
    await query(
      server.url,
      `CREATE ROLE app LOGIN PASSWORD '${PASSWORD}'`,
      "CREATE DATABASE other",
    );
    const rules = ["host postgres postgres all trust", "host postgres all all scram-sha-256"];
    await writeFile(join(server.directory, "pg_hba.conf"), `${rules.join("\n")}\n`);
    await query(server.url, "SELECT pg_reload_conf()");
    await until(async () => (await refusal(url("app", ""))) !== undefined);
  });
  afterAll(() => server.stop());

  it("accepts special characters, percent-encoded", async () => {
    await query(server.url, "GRANT CREATE ON DATABASE postgres TO app");
    const storage = newStorage({ connectionString: url("app", PASSWORD) });
    await expect(storage.open()).resolves.toBeUndefined();
  });

  it("leaves no connection open for want of a password", async () => {
    const proxy = await TcpProxy.to(url("app", ""));
    onTestFinished(() => proxy.close());
    expect(await refusal(proxy.url)).toMatchObject({ code: "MISCONFIGURED" });
    await until(() => proxy.connections === 0);
  });

  const NO_ENTRY = /no pg_hba\.conf entry .* \(28000\)/;
  const EMPTY = /password must be a string|empty password/;
  const WRONG = /authentication failed for user "(app|missing)" \(28P01\)/;
  it.for([
    ["a wrong password", "app", `not ${PASSWORD}`, "postgres", WRONG, /user and password/],
    ["a missing password", "app", "", "postgres", EMPTY, /user and password/],
    ["an unknown user", "missing", PASSWORD, "postgres", WRONG, /user and password/],
    ["a database that pg_hba.conf denies", "app", PASSWORD, "other", NO_ENTRY, /pg_hba\.conf/],
  ] as const)("reports %s", async ([, user, password, database, words, hint]) => {
    const failed = await refusal(url(user, password, database));
    expect(failed).toMatchObject(misconfigured(words, hint));
  });
});

it("reports an unknown database", async () => {
  expect(
    await refusal(await sharedUrl((url) => (url.pathname = "/no_such_database"))),
  ).toMatchObject(
    misconfigured(
      /does not exist: database "no_such_database" does not exist \(3D000\)/,
      /Create it, or correct its name/,
    ),
  );
});

it("reports a database that refuses connections", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const role = await database.role();
  await query(database.url, `REVOKE CONNECT ON DATABASE ${database.name} FROM PUBLIC`);
  expect(await refusal(role.url)).toMatchObject(
    misconfigured(/permission denied for database .* \(42501\)/, /Correct what the message names/),
  );
  await query(await postgresUrl(), `ALTER DATABASE ${database.name} ALLOW_CONNECTIONS false`);
  expect(await refusal(role.url)).toMatchObject(
    misconfigured(
      /not currently accepting connections \(55000\)/,
      /Correct what the message names/,
    ),
  );
});

it("reports tables that the role may not create or use", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const role = await database.role();
  await query(database.url, "REVOKE CREATE ON DATABASE " + database.name + " FROM PUBLIC");
  expect(await refusal(role.url)).toMatchObject(
    misconfigured(/permission denied for database .* \(42501\)/, /migrationSql/),
  );
  await openStorage({ connectionString: database.url });
  await query(
    database.url,
    `GRANT USAGE ON SCHEMA syntha TO ${role.name}`,
    `GRANT SELECT ON syntha.migration TO ${role.name}`,
  );
  const storage = await openStorage({ connectionString: role.url, migrate: false });
  expect(await failureOf(storage.stats("acme"))).toMatchObject(
    misconfigured(/permission denied for table tenant \(42501\)/, /Grant it USAGE/),
  );
});

it("reports an unknown host, unless it was resolved before", async () => {
  const missing = await sharedUrl((url) => (url.hostname = "no..such.host"));
  expect(await refusal(missing)).toMatchObject(
    misconfigured(/not found: getaddrinfo ENOTFOUND no\.\.such\.host/, /Correct the host/),
  );
  const { connectionString, schema } = await ownSchema();
  const pool = ownPool({ connectionString });
  const storage = await openStorage({ pool, schema });
  pool.options.connectionString = missing;
  await Promise.all(
    Array.from({ length: pool.idleCount }, async () => (await pool.connect()).release(true)),
  );
  expect(await failureOf(storage.stats("acme"))).toMatchObject(
    unavailable(/getaddrinfo ENOTFOUND/, /Try again/),
  );
});

it("treats a failing resolver as an outage", () => {
  const error = Object.assign(new Error("getaddrinfo EAI_AGAIN db"), {
    code: "EAI_AGAIN",
    syscall: "getaddrinfo",
  });
  expect(toConnectFailure(error, false)).toMatchObject(
    unavailable(/getaddrinfo EAI_AGAIN db/, /Try again/),
  );
});

it.for(["127.0.0.1", "localhost"])("treats a closed port of %s as an outage", async (host) => {
  const url = `postgres://app:${encodeURIComponent(PASSWORD)}@${host}:1/product`;
  expect(await refusal(url)).toMatchObject(
    unavailable(/connect ECONNREFUSED .*:1/, /host and port/),
  );
});

it("reports a server without TLS", async () => {
  const url = await sharedUrl(({ searchParams }) => searchParams.set("sslmode", "verify-full"));
  expect(await refusal(url)).toMatchObject(
    misconfigured(/The server does not support SSL connections/, /sslmode=disable/),
  );
});

it("reports an untrusted certificate", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write("S");
      new TLSSocket(socket, { isServer: true, ...selfSigned }).on("error", () => {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  const url = `postgres://app:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/product?sslmode=verify-full`;
  expect(await refusal(url)).toMatchObject(
    misconfigured(/TLS connection failed: self-signed certificate/, /sslrootcert/),
  );
});

it("reports a missing certificate file", async () => {
  const url = await sharedUrl(({ searchParams }) =>
    searchParams.set("sslrootcert", "/no/such.pem"),
  );
  expect(await refusal(url)).toMatchObject(
    misconfigured(/no such file or directory, open '\/no\/such\.pem'/, /sslrootcert/),
  );
});

it("reports an invalid connection string", async () => {
  for (const host of ["127.0.0.1:port", "127.0.0.1:99999", "[::1"])
    expect(
      await refusal(`postgres://app:${encodeURIComponent(PASSWORD)}@${host}/product`),
    ).toMatchObject(misconfigured(/Invalid URL/, /encodeURIComponent/));
});

it.for([
  ["28P01", "MISCONFIGURED", "password authentication failed"],
  ["08P01", "MISCONFIGURED", 'no such database: "product"'],
  ["08P01", "MISCONFIGURED", "unsupported startup parameter: options"],
  ["08P01", "MISCONFIGURED", "SASL authentication failed"],
  ["XX000", "MISCONFIGURED", "Tenant or user not found"],
  ["08P01", "UNAVAILABLE", "pgbouncer cannot connect to server"],
  ["08006", "UNAVAILABLE", "server closed the connection unexpectedly"],
  ["57P03", "UNAVAILABLE", "the database system is starting up"],
  ["57P01", "UNAVAILABLE", "terminating connection due to administrator command"],
] as const)("classifies %s as %s: %s", async ([state, code, text]) => {
  const url = await scriptedServer(({ socket, send }) => {
    send(fatal(state, text));
    socket.end();
  });
  expect(await refusal(url)).toMatchObject({
    code,
    message: expect.stringContaining(`${text} (${state})`),
  });
});

describe("a connection string", () => {
  it.for([
    ["another database", "mysql://app:secret@db/product"],
    ["a file", "sqlite:secret.db"],
    ["libpq keywords", "host=db password=secret"],
    ["no scheme", "db:5432/product"],
    ["a password with a slash", "postgres://app:12/secret@db/product"],
    ["a password with a question mark", "postgres://app:12?secret@db/product"],
    ["a password with a number sign", "postgres://app:12#secret@db/product"],
  ] as const)("is rejected but not quoted: %s", async ([, connectionString]) => {
    const error = await failureOf((async () => newStorage({ connectionString }))());
    expect(error).toMatchObject({
      code: "INVALID_ARGUMENTS",
      details: { path: "connectionString" },
    });
    expect(inspect(error, { depth: 9 })).not.toContain("secret");
  });

  it.for([
    "postgres://db/product",
    "postgresql://app:p%40ss@db:5432/product?sslmode=verify-full",
    "postgres://app:p@ss@db/product",
    "postgres:///product?host=/var/run/postgresql&user=app@cloud",
    "/var/run/postgresql product",
  ])("is accepted: %s", (connectionString) => {
    expect(() => newStorage({ connectionString })).not.toThrow();
  });
});

it("recognizes errors of Node from another realm", () => {
  const refused: unknown = runInNewContext(
    `Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" })`,
  );
  expect(refused).not.toBeInstanceOf(Error);
  const expected = { code: "UNAVAILABLE", message: expect.stringContaining("ECONNREFUSED") };
  expect(toConnectFailure(refused, true)).toMatchObject(expected);
  expect(toFailure(refused)).toMatchObject(expected);
});
