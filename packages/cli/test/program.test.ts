import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { MAIN, startPipeline, startProgram, startRedirected } from "./support/program.ts";
import { syntha, synthaOn } from "./support/syntha.ts";
import { teamStorage } from "./support/team.ts";
import { tempFolder } from "./support/temp-folder.ts";

it("looks at a mesh from another process, and ends with an exit code", async () => {
  const storage = await teamStorage();
  const start = (...args: string[]) => startProgram([...args, "--storage", storage]).ended;
  const [ls, why, missing, misspelt] = await Promise.all([
    start("ls", "task:", "--json"),
    start("why", "Visitor", "inquiry"),
    start("get", "none"),
    start("lss"),
  ]);
  expect(ls.out.split("\n").filter(Boolean)).toHaveLength(3);
  expect({ code: why.code, out: why.out }).toMatchObject({
    code: 0,
    out: expect.stringContaining("does not see"),
  });
  expect({ ...missing }).toMatchObject({ code: 1, out: "" });
  expect({ ...misspelt }).toMatchObject({ code: 2, out: "" });
});

it("shows what other processes write, until it is interrupted", async () => {
  const storage = await teamStorage();
  const tail = startProgram(["tail", "--last", "1", "--storage", storage]);
  await tail.printed("order_created");
  await synthaOn(storage)("push", "news", '"hot"', "--global");
  await tail.printed('put new news → everyone  "hot"');
  tail.child.kill("SIGINT");
  expect(await tail.ended).toMatchObject({ code: 130, err: "" });
});

it.each([
  ["system", "order_created"],
  ["Triage", "inquiry"],
])(
  "ends tail as %s once nothing reads what it prints, without another change",
  async (as, shown) => {
    const words = ["tail", "--as", as, "--json", "--storage", await teamStorage()];
    const tail = startProgram(words);
    await tail.printed(shown);
    tail.child.stdout.destroy();
    expect(await tail.ended).toMatchObject({ code: 0, err: "" });
    const { code, out, err } = await startPipeline(words, "head -n 1").ended;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.split("\n")).toHaveLength(2);
  },
);

it("ends without a complaint when its reader has enough, as in a pipe to head", async () => {
  const { child, ended } = startProgram(["export", "--storage", await teamStorage()]);
  child.stdout.destroy();
  expect(await ended).toMatchObject({ code: 0, err: "" });
});

it("serves a coding agent over MCP, and tells its hook what others changed", async () => {
  const folder = tempFolder();
  const storage = `sqlite:${join(folder, "mesh.db")}`;
  const on = synthaOn(storage, { cwd: folder });
  await on("push", "plan", '"Ship it."', "--global");
  const client = new Client(
    { name: "test", version: "1" },
    { versionNegotiation: { mode: "auto" } },
  );
  const args = [MAIN, "mcp", "--as", "Claude"];
  const { NODE_COMPILE_CACHE = "" } = process.env;
  const env = { SYNTHA_STORAGE: storage, NODE_COMPILE_CACHE };
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
  onTestFinished(() => client.close());
  const read = await client.callTool({ name: "get_context", arguments: { keys: ["plan"] } });
  expect(JSON.stringify(read.structuredContent)).toContain("Ship it.");
  const hook = ["hook", "--as", "Claude", "--state", join(folder, "cursor")];
  expect((await on(...hook)).out).toContain("Ship it.");
  await on("push", "plan", '"Wait."');
  expect((await on(...hook)).out).toMatch(/changed[^]*Wait\./);
  expect(await on(...hook)).toEqual({ code: 0, out: "", err: "" });
  // Looking creates no file.
  const missing = await syntha(["hook", "--as", "Claude", "--storage", "none.db"], { cwd: folder });
  expect(missing).toEqual({ code: 0, out: "", err: "" });
  await expect(stat(join(folder, "none.db"))).rejects.toThrow("ENOENT");
  // 2 would forbid the turn.
  expect(await syntha(["hook", "--as", "Claude"], { cwd: folder })).toMatchObject({
    code: 1,
    out: "",
  });
});

it.runIf(process.platform === "linux").each([["export"], ["ls"], ["ls", "--json"], ["stats"]])(
  "fails if the disk of its output is full: %s",
  async (...command) => {
    const words = [...command, "--storage", await teamStorage()];
    const { code, err } = await startRedirected(words, "/dev/full").ended;
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^✗ Standard output can't be written: ENOSPC.*\n$/),
    });
  },
);

it("looks at a mesh in a schema of PostgreSQL", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const url = `${database.url}?schema=desk`;
  const storage = new PostgresStorage({ connectionString: database.url, schema: "desk" });
  await using mesh = new ContextMesh({ storage });
  await mesh.agent("Triage").push("inquiry", 1, { topics: ["customers"] });
  const { out, code } = await startProgram(["why", "Visitor", "inquiry"], {
    SYNTHA_STORAGE: url,
  }).ended;
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringContaining('✗ Visitor does not see "inquiry".'),
  });
  const on = synthaOn(url);
  expect((await on("doctor")).out).toMatch(/✓ PostgreSQL \d/);
  const following = new AbortController();
  const tail = synthaOn(url, {
    signal: following.signal,
    onOutput: (text) => text.includes("put inquiry") && following.abort(),
  })("tail", "--last", "1");
  await on("push", "inquiry", "2", "--as", "Triage");
  expect(await tail).toMatchObject({
    code: 130,
    out: expect.stringContaining("Triage put inquiry → customers  2"),
  });
});

it("does not upgrade the tables of an older release that it only looks at", async () => {
  const storage = await teamStorage();
  const path = storage.slice("sqlite:".length);
  const on = synthaOn(storage);
  const older = new Database(path);
  older.exec("DELETE FROM syntha_migration");
  older.close();
  const before = await readFile(path);
  for (const command of [["ls"], ["doctor"], ["verify"], ["export"], ["rm", "policy"]])
    expect((await on(...command)).code).not.toBe(0);
  expect(await on("ls")).toMatchObject({
    code: 1,
    err: expect.stringContaining("syntha push KEY VALUE --global"),
  });
  expect(await readFile(path)).toEqual(before);
});

it("creates no tables in a database that it only looks at", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const on = synthaOn(database.url);
  for (const command of ["ls", "doctor", "verify", "export"])
    expect((await on(command)).code).not.toBe(0);
  expect(await on("ls")).toMatchObject({
    code: 1,
    err: expect.stringContaining("syntha push KEY VALUE --global"),
  });
  await on("push", "a", "1", "--global");
  expect((await on("get", "a", "--raw")).out).toBe("1\n");
});
