import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Server, startServer } from "@syntha/testing-postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive } from "../src/process-state.ts";
import { pidOf } from "./support/pid-of.ts";
import { query } from "./support/query.ts";
import { until } from "./support/until.ts";

describe("startServer", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ settings: { max_connections: "33", work_mem: "5MB" } });
  });
  afterAll(() => server.stop());

  it("starts PostgreSQL 18 with the given settings", async () => {
    const [row] = await query(
      server.url,
      "select current_setting('server_version_num')::int / 10000 as version, current_setting('max_connections') as connections, current_setting('fsync') as fsync",
    );
    expect(row).toEqual({ version: 18, connections: "33", fsync: "off" });
  });

  it("sorts text by the rules of English", async () => {
    const rows = await query(server.url, "select x from unnest(array['b', 'B', 'a']) x order by x");
    expect(rows.map(({ x }) => x)).toEqual(["a", "b", "B"]);
  });

  it.each([
    ["a restart", () => server.restart()],
    ["an immediate restart", () => server.restart("immediate")],
    ["a kill and a start", () => server.kill().then(() => server.start())],
  ] as const)("keeps data and URL across %s", async (_, interrupt) => {
    const { url } = server;
    await query(url, "create table if not exists kept (n int)");
    await query(url, "insert into kept values (1)");
    const before = await query(url, "select count(*) from kept");
    await interrupt();
    expect(server.url).toBe(url);
    expect(await query(url, "select count(*) from kept")).toEqual(before);
  });

  it("refuses connections after it is killed", async () => {
    await server.kill();
    await expect(query(server.url, "select 1")).rejects.toThrow(
      /ECONNREFUSED|ECONNRESET|terminated/,
    );
    await server.start();
  });

  it("leaves no process and no directory when it is stopped", async () => {
    const pid = pidOf(server.directory);
    expect(isAlive(pid)).toBe(true);
    await server.stop();
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(dirname(server.directory))).toBe(false);
    await expect(server.start()).rejects.toThrow(/stopped permanently/);
  });
});

const ENDS = [
  ["is killed", "stay", "SIGKILL"],
  ["ends without stopping it", "leave", undefined],
  // The server sees the same as when it is killed: only in a full run.
  ...(process.env["SYNTHA_TESTS"] === "full"
    ? ([["is interrupted", "stay", "SIGINT"]] as const)
    : []),
] as const;

describe.concurrent("stopping a server", () => {
  it("keeps a data directory that was passed, also if the server does not start", async () => {
    const parent = await mkdtemp(join(tmpdir(), "syntha-kept-"));
    // A server of root runs as another user, who needs access.
    await chmod(parent, 0o755);
    const directory = join(parent, "data");
    try {
      const first = await startServer({ directory, durable: true });
      expect(await query(first.url, "show fsync")).toEqual([{ fsync: "on" }]);
      await query(first.url, "create table kept as select 7 as n");
      await first.stop();
      const second = await startServer({ directory });
      expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
      await second.kill();
      await second.stop();
      await expect(
        startServer({ directory, settings: { max_connections: "none" } }),
      ).rejects.toThrow(/did not start:[^]*invalid value for parameter "max_connections"/);
      expect(existsSync(directory)).toBe(true);
    } finally {
      await rm(parent, { recursive: true });
    }
  });

  it.each(ENDS)("happens when the program that started it %s", async (_, mode, signal) => {
    const script = fileURLToPath(new URL("./support/starter.ts", import.meta.url));
    const program = spawn(process.execPath, [script, mode], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(program, "exit");
    const [line] = (await once(program.stdout, "data")) as [Buffer];
    const { directory, pid } = JSON.parse(String(line)) as { directory: string; pid: number };
    if (signal) program.kill(signal);
    await ended;
    await until("the directory is deleted", () => !existsSync(dirname(directory)));
    expect(isAlive(pid)).toBe(false);
  });
});
