import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContextMesh, exportTenant } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { liveFeed } from "../src/local/live-feed.ts";
import { McpClient } from "../src/local/mcp-client.ts";
import { Runtime } from "../src/local/runtime.ts";
import { writeTranscript } from "../src/local/transcript.ts";

const MEMBERS = ["acme/Claude", "acme/Codex", "globex/Gus"];

interface Read {
  readonly context: Record<string, unknown>;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "syntha-edge-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start(): Promise<Runtime> {
  const runtime = await Runtime.start({ members: MEMBERS, folder: newFolder() });
  onTestFinished(() => runtime[Symbol.asyncDispose]());
  return runtime;
}

async function connect(runtime: Runtime, name: string): Promise<McpClient> {
  const client = await McpClient.connect(runtime.url, runtime.member(name));
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

describe("the Worker in its runtime", { timeout: 120_000 }, () => {
  it("prints the transcript of its README", async () => {
    const lines: string[] = [];
    await writeTranscript(newFolder(), (line) => lines.push(line));
    expect(lines).toEqual([
      'Codex\'s live feed: put plan = "Ship on Friday."',
      "Gus of globex, another object, sees 0 items",
      "Codex's live feed: expire hint, by the object's alarm",
      "",
      "The runtime was restarted.",
      "Codex sees plan",
      'Its feed resumes where it was: put plan = "Ship on Monday."',
      expect.stringMatching(
        /^acme was exported in \d+ lines, and imported: \{"tenantId":"acme-copy","items":1,"head":\d+\}$/,
      ),
      "Tenants: acme, acme-copy",
    ]);
  });

  it("wakes an agent that waits, and shows nothing to another tenant", async () => {
    const runtime = await start();
    const [claude, codex, gus] = await Promise.all(MEMBERS.map((name) => connect(runtime, name)));
    const stop = new AbortController();
    const feed = liveFeed(runtime.url, runtime.member("globex/Gus").token, { signal: stop.signal });
    expect((await feed.next()).value).toMatchObject({ type: "ready" });
    const wait = async (input: object): Promise<{ cursor: string; changes: object[] }> =>
      (codex as McpClient).call("wait_for_changes", { ...input });
    const { cursor } = await wait({ timeout_seconds: 0.01 });
    const waiting = wait({ since: cursor });
    await claude?.call("push_context", { key: "plan", value: "Go.", global: true });
    expect(await waiting).toMatchObject({ changes: [{ key: "plan" }] });
    await gus?.call("push_context", { key: "plan", value: "Films.", global: true });
    const { value: change } = await feed.next();
    expect(change).toMatchObject({ type: "put", data: { item: { key: "plan", value: "Films." } } });
    stop.abort();
    await feed.return();
  });

  it("takes a tenant from a SQLite file, and gives it back", async () => {
    const path = join(newFolder(), "mesh.db");
    const mesh = new ContextMesh({ storage: new SqliteStorage({ path }), tenantId: "acme" });
    await mesh.agent("Claude").push("plan", "Ship on Friday.", { global: true });
    await mesh.close();
    const storage = new SqliteStorage({ path });
    const lines: string[] = [];
    for await (const line of exportTenant({ storage, tenantId: "acme" })) lines.push(line);

    const runtime = await start();
    const headers = { authorization: `Bearer ${runtime.operatorToken}` };
    const address = new URL("/tenants/acme", runtime.url);
    const put = await fetch(address, { method: "PUT", headers, body: lines.join("") });
    expect(await put.json()).toEqual({ tenantId: "acme", items: 1, head: 1 });
    const codex = await connect(runtime, "acme/Codex");
    const { context } = await codex.call<Read>("get_context", { keys: ["plan"] });
    expect(context).toEqual({ plan: "Ship on Friday." });

    const back = await (await fetch(address, { headers })).text();
    expect(back).toBe(lines.join(""));
    expect(await (await fetch(address, { method: "DELETE", headers })).json()).toEqual({
      dropped: true,
    });
    const listed = await fetch(new URL("/tenants", runtime.url), { headers });
    expect(await listed.json()).toEqual({ tenantIds: [] });
  });

  it("refuses requests without a token, and what it does not know", async () => {
    const runtime = await start();
    const agent = { authorization: `Bearer ${runtime.member("acme/Claude").token}` };
    const operator = { authorization: `Bearer ${runtime.operatorToken}` };
    const statusOf = async (path: string, init?: RequestInit): Promise<number> => {
      const response = await fetch(new URL(path, runtime.url), init);
      await response.body?.cancel();
      return response.status;
    };
    expect(await statusOf("/mcp", { method: "POST", body: "{}" })).toBe(401);
    expect(await statusOf("/live")).toBe(401);
    expect(await statusOf("/tenants")).toBe(401);
    expect(await statusOf("/tenants", { headers: agent })).toBe(401);
    expect(await statusOf("/live", { headers: operator })).toBe(401);
    expect(await statusOf("/live", { headers: { ...agent, "last-event-id": "no cursor" } })).toBe(
      400,
    );
    expect(await statusOf("/tenants/none", { headers: operator })).toBe(404);
    const garbage = { method: "PUT", headers: operator, body: "garbage" };
    expect(await statusOf("/tenants/acme", garbage)).toBe(400);
    expect(await statusOf("/elsewhere", { headers: agent })).toBe(404);
  });
});
