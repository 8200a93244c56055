import { tempFolder } from "../support/temp-folder.ts";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it } from "vitest";
import { connectStdio, runProgram, startProgram } from "../support/run-program.ts";
import { ERAS, PROCESS_ERAS } from "../support/eras.ts";
import { bearer, connect, post } from "../support/serve.ts";

const PUSH = { name: "push_context", arguments: { key: "plan", value: "Ship it.", global: true } };
const READ = { name: "get_context", arguments: { keys: ["plan"] } };

it.each(PROCESS_ERAS)("serves %s clients over stdio that share a file", async (era) => {
  const storage = `sqlite:${join(tempFolder(), "mesh.db")}`;
  const as = (agent: string) =>
    connectStdio(["--storage", storage, "--agent", agent, "--toolsets", "context,tasks"], era);
  const [claude, codex] = await Promise.all([as("Claude"), as("Codex")]);
  expect((await claude.listTools()).tools.map(({ name }) => name)).toContain("claim_task");
  await claude.callTool(PUSH);
  const read = await codex.callTool(READ);
  expect(JSON.stringify(read.structuredContent)).toContain("Ship it.");
});

it("acts in its tenant, with its role", async () => {
  const path = join(tempFolder(), "mesh.db");
  const args = ["--storage", `sqlite:${path}`, "--agent", "Claude", "--tenant", "acme"];
  await (await connectStdio(args)).callTool(PUSH);
  const reader = await connectStdio([...args, "--role", "readonly"]);
  expect((await reader.callTool(PUSH)).isError).toBe(true);
  await using mesh = new ContextMesh({ storage: new SqliteStorage({ path }), tenantId: "acme" });
  expect(await mesh.system.getItem("plan")).toMatchObject({ author: "Claude", revision: 1 });
});

const isFull = process.env["SYNTHA_TESTS"] === "full";
const ENDS = isFull ? ["SIGINT", "SIGTERM"] : ["SIGINT"];

it.each(["its input ends", ...ENDS])("ends cleanly over stdio when %s", async (how) => {
  const path = join(tempFolder(), "mesh.db");
  const { child, ended } = startProgram(["--storage", `sqlite:${path}`, "--agent", "Claude"]);
  child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  await new Promise((resolve) => child.stdout.once("data", resolve));
  if (how === "its input ends") child.stdin.end();
  else child.kill(how as NodeJS.Signals);
  expect(await ended).toMatchObject({ code: 0, err: "" });
  // The file was closed: nothing is left beside it.
  await expect(stat(`${path}-wal`)).rejects.toThrow("ENOENT");
});

it("ends with a message, closing its storage, when a client sends more than it accepts", async () => {
  const path = join(tempFolder(), "mesh.db");
  const { child, ended } = startProgram(["--storage", `sqlite:${path}`, "--agent", "Claude"]);
  child.stdin.on("error", () => undefined);
  child.stdin.write("x".repeat(11 * 1_048_576));
  expect(await ended).toMatchObject({
    code: 1,
    err: "A message of the client is larger than 10 MiB.\n",
  });
  await expect(stat(`${path}-wal`)).rejects.toThrow("ENOENT");
});

it("says in a line what it ignores over stdio", async () => {
  const args = ["--storage", "memory:", "--agent", "Claude"];
  const { child, ended } = startProgram(args);
  child.stdin.end('log line\n{"jsonrpc":"2.0"}\n{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  const { code, out, err } = await ended;
  expect({ code, err }).toEqual({ code: 0, err: "Ignored a message that is not JSON-RPC.\n" });
  expect(JSON.parse(out)).toMatchObject({ id: 1, result: {} });
});

it("serves HTTP with tokens that it made, and that are removed", async () => {
  const folder = tempFolder();
  const [storage, tokens] = [`sqlite:${join(folder, "mesh.db")}`, join(folder, "tokens.json")];
  const make = (...args: string[]) => runProgram("token", "--tokens", tokens, ...args);
  const made = await make("--agent", "Claude", "--tenant", "acme", "--role", "readonly");
  const token = made.out.trim();
  expect(token).toMatch(/^syntha_[\w-]{43}$/);
  expect(await readFile(tokens, "utf8")).not.toContain(token);
  expect((await stat(tokens)).mode & 0o777).toBe(0o600);
  const other = await make("--agent", "Bot", "--scopes", "read", "--expires", "90d");
  const taken = await make("--agent", "Bot");
  expect(taken).toMatchObject({ code: 2, out: "" });

  const server = startProgram(["--storage", storage, "--http", "0", "--tokens", tokens]);
  await expect.poll(server.err).toContain("for clients by the tokens of");
  const url = /http:\S+/.exec(server.err())?.[0] as string;
  const client = await connect(url, { token });
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names).not.toContain("push_context");
  const challenged = await post(url, "tools/call", {
    params: PUSH,
    headers: bearer(other.out.trim()),
  });
  expect(challenged.status).toBe(403);
  expect((await post(url, "tools/list")).status).toBe(401);
  expect((await fetch(new URL("/", url))).status).toBe(404);

  const { Bot } = JSON.parse(await readFile(tokens, "utf8")) as Record<string, unknown>;
  await writeFile(tokens, JSON.stringify({ Bot }));
  const status = async () => (await post(url, "tools/list", { headers: bearer(token) })).status;
  await expect.poll(status).toBe(401);
  server.child.kill("SIGINT");
  expect((await server.ended).code).toBe(0);
});

it("serves one agent over HTTP on loopback without tokens, and ends its calls at Ctrl-C", async () => {
  const args = ["--storage", "memory:", "--agent", "Claude", "--toolsets", "context,live"];
  const server = startProgram([...args, "--http", "127.0.0.1:0"]);
  await expect.poll(server.err).toContain("for clients as Claude");
  const url = /http:\S+/.exec(server.err())?.[0] as string;
  const wait = { name: "wait_for_changes", arguments: { timeout_seconds: 300 } };
  const clients = await Promise.all(ERAS.map((era) => connect(url, { era })));
  for (const client of clients) await client.callTool(PUSH);
  const waiting = clients.map((client) =>
    Promise.allSettled([client.callTool(wait, { timeout: 100_000 })]),
  );
  // The server answers after it has received the calls.
  for (const client of clients) await client.listTools();
  server.child.kill("SIGINT");
  expect((await server.ended).code).toBe(0);
  for (const outcome of waiting) expect(await outcome).toMatchObject([{ status: "rejected" }]);
});

const REFUSALS = [
  [2, "--storage is required", []],
  [3, "does not exist", ["--storage", "sqlite:/nowhere/mesh.db", "--agent", "A"]],
  [2, 'The agent name "system" is reserved', ["--storage", "memory:", "--agent", "system"]],
  [2, "--agent is required", ["--storage", "memory:"]],
  [2, "Unknown option --storag. Did you mean --storage?", ["--storag", "memory:"]],
  [2, "Unknown option --rol. Did you mean --role?", ["--rol=x"]],
  [2, 'Unexpected argument "mesh.db"', ["--agent", "A", "mesh.db"]],
  [
    2,
    "can be reached by other machines",
    ["--storage", "memory:", "--agent", "A", "--http", "0.0.0.0:0"],
  ],
  [
    2,
    "can be reached by other machines",
    ["--storage", "memory:", "--agent", "A", "--http", "[::]:0"],
  ],
  [
    2,
    "leave --agent out",
    ["--storage", "memory:", "--agent", "A", "--http", "0", "--tokens", "t"],
  ],
  [
    2,
    "--storage is sqlite:PATH, postgres://… or memory:",
    ["--storage", "mysql://u:p@h/db", "--agent", "A"],
  ],
  [
    2,
    'Invalid `toolsets`: "live2"',
    ["--storage", "memory:", "--agent", "A", "--toolsets", "live2"],
  ],
  [
    3,
    "Can't read the tokens",
    ["--storage", "memory:", "--http", "0", "--tokens", "/nowhere/t.json"],
  ],
] as const;

it.each(isFull ? REFUSALS : REFUSALS.slice(0, 3))(
  "ends with %i and says %o",
  async (code, message, args) => {
    const { out, err, ...ended } = await runProgram(...args);
    expect(ended.code).toBe(code);
    expect(out).toBe("");
    expect(err).toContain(message);
    expect(err).not.toContain("u:p@");
    expect(err).not.toContain("    at ");
  },
);

it("explains itself in 80 columns", async () => {
  const helps = [["--help"], ["token", "--help"], ["hook", "--help"]];
  for (const { code, out } of await Promise.all(helps.map((args) => runProgram(...args)))) {
    expect(code).toBe(0);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).toContain("--tenant");
  }
});

it("prints for a coding agent at each turn what others changed", async () => {
  const folder = tempFolder();
  const path = join(folder, "mesh.db");
  const state = ["--state", join(folder, "state", "cursor")];
  const hook = (...args: string[]) =>
    runProgram("hook", "--storage", `sqlite:${path}`, "--agent", "Claude", ...state, ...args);
  await using mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  await mesh.agent("Codex").push("plan", "Ship it.", { global: true });
  expect(await hook()).toMatchObject({ code: 0, out: expect.stringContaining("Ship it.") });
  expect(await hook()).toEqual({ code: 0, out: "", err: "" });
  await mesh.agent("Claude").push("own", "Mine.", { global: true });
  await mesh.agent("Codex").push("plan", "Wait.");
  await mesh.agent("Codex").push("secret", "Not for Claude.", { subscribers: ["Boss"] });
  const { out } = await hook();
  expect(out).toContain("Wait.");
  expect(out).not.toMatch(/Mine\.|Not for Claude|secret/);
  // To some clients, 2 means that a hook forbids the turn.
  expect(await hook("--budget", "few")).toMatchObject({ code: 1, out: "" });
});
