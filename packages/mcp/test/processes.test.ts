import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isInputRequiredResult } from "@modelcontextprotocol/client";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished, vi } from "vitest";
import { connectBy } from "./support/connect.ts";
import { type Era, PROCESS_ERAS } from "./support/eras.ts";
import { stdioTransport } from "./support/stdio-transport.ts";
import { sessionOf } from "./support/task-session.ts";

const PROGRAM = new URL("support/server-process.ts", import.meta.url).pathname;
const KEY = "0123456789abcdef0123456789abcdef";
const ELICITS = { capabilities: { elicitation: { form: {} } } };

/** A mesh in a file, which the servers of several processes share. */
async function openFile() {
  const folder = await mkdtemp(join(tmpdir(), "syntha-mcp-"));
  const path = join(folder, "mesh.db");
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  const start = async (agent: string, era: Era, ...key: string[]) => {
    const transport = stdioTransport([PROGRAM, path, agent, ...key]);
    return { transport, ...(await connectBy(transport, era, ELICITS)) };
  };
  // Clients are closed first: the last registered runs first.
  onTestFinished(async () => {
    await mesh.close();
    await rm(folder, { recursive: true });
  });
  return { mesh, start };
}

it("approves on one process what was asked on another, once", async () => {
  const { mesh, start } = await openFile();
  await mesh.agent("Claude").push("plan", 1, { global: true });
  const { client: first } = await start("Claude", "modern", KEY);
  const { client: second } = await start("Claude", "modern", KEY);
  const { client: stranger } = await start("Claude", "modern");
  const call = { name: "delete_context", arguments: { key: "plan" } };
  const asked = await first.callTool(call, { allowInputRequired: true });
  if (!isInputRequiredResult(asked)) throw new Error("The user was not asked.");
  const { requestState } = asked;
  const approved = { ...call, requestState, inputResponses: { approval: { action: "accept" } } };
  const raw = { allowInputRequired: true } as const;
  await expect(stranger.callTool(approved, raw)).rejects.toMatchObject({ code: -32602 });
  expect(await second.callTool(approved, raw)).toMatchObject({
    structuredContent: { success: true },
  });
  await mesh.agent("Claude").push("plan", 2, { global: true });
  // The first process does not know that it was used, but the item is another one.
  expect(isInputRequiredResult(await first.callTool(approved, raw))).toBe(true);
  expect(await mesh.system.get("plan")).toBe(2);
});

it("deletes the items of a topic once, on whichever process the approval arrives", async () => {
  const { mesh, start } = await openFile();
  const push = () => mesh.agent("Bob").push("draft", 1, { topics: ["work"] });
  await push();
  const { client: first } = await start("Claude", "modern", KEY);
  const { client: second } = await start("Claude", "modern", KEY);
  const call = { name: "delete_topic", arguments: { topic: "work" } };
  const raw = { allowInputRequired: true } as const;
  const asked = await first.callTool(call, raw);
  if (!isInputRequiredResult(asked)) throw new Error("The user was not asked.");
  const { requestState } = asked;
  const approved = { ...call, requestState, inputResponses: { approval: { action: "accept" } } };
  expect(await first.callTool(approved, raw)).toMatchObject({
    structuredContent: { items_deleted: 1 },
  });
  // As many items and subscribers as the user was asked about, but none of them is the same.
  await push();
  expect(isInputRequiredResult(await second.callTool(approved, raw))).toBe(true);
  expect(await mesh.system.keys()).toEqual(["draft"]);
});

it("follows a task across killed processes", async () => {
  const { mesh, start } = await openFile();
  const first = await start("Claude", "modern");
  const delegating = sessionOf(first);
  const execution = await delegating.callTool("delegate_task", {
    agent: "Critic",
    message: "Review the draft.",
  });
  const reference = execution.kind === "task" ? execution.serializeReference() : undefined;
  if (reference === undefined) throw new Error("No task was created.");
  process.kill(first.transport.pid ?? 0, "SIGKILL");

  const { client: critic } = await start("Critic", "legacy");
  const claimed = await critic.callTool({ name: "claim_task", arguments: { inbox: true } });
  const { task } = claimed.structuredContent as { task: { key: string; token: string } };
  expect(task.key).toBe(reference.taskId);

  const session = sessionOf(await start("Claude", "modern"));
  const resumed = await session.resumeTask(reference);
  const settled = resumed.settle();
  const { key, token } = task;
  await critic.callTool({ name: "complete_task", arguments: { key, token, result: "Fine" } });
  expect((await settled).outcome).toMatchObject({
    status: "completed",
    result: { structuredContent: { task: key, result: "Fine", author: "Critic" } },
  });
  expect(await mesh.system.getItem(key)).toMatchObject({ state: "done" });
});

it.each(PROCESS_ERAS)(
  "reports progress to a %s client of a process, and ends its waiting",
  async (era) => {
    const { mesh, start } = await openFile();
    const { client } = await start("Claude", era);
    const cancel = new AbortController();
    const onprogress = async () => {
      if ((await mesh.system.keys()).length === 1) cancel.abort();
    };
    const asked = client.callTool(
      { name: "ask_agent", arguments: { agent: "Critic", message: "Well?", timeout_seconds: 300 } },
      { signal: cancel.signal, onprogress: () => void onprogress() },
    );
    await expect(asked).rejects.toThrow("aborted");
    await vi.waitFor(async () => expect(await mesh.system.keys()).toEqual([]), 60_000);
  },
);
