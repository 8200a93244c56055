import { ERAS, type Era } from "./support/eras.ts";
import {
  type Client,
  type ElicitResult,
  isInputRequiredResult,
} from "@modelcontextprotocol/client";
import { ContextMesh } from "@syntha/core";
import type { ToolHandler } from "@syntha/tools";
import { expect, it, onTestFinished, vi } from "vitest";
import { connect, type Connected } from "./support/connect.ts";

const ELICITS = { capabilities: { elicitation: { form: {} } } };

/** A client whose user answers each question. */
function connectUser(
  mesh: ContextMesh,
  era: Era,
  answer: (message: string) => ElicitResult | Promise<ElicitResult>,
): Promise<Connected> {
  return connect(
    mesh.agent("Claude"),
    era,
    { role: "admin", toolsets: ["context", "admin"] },
    ELICITS,
    (client) =>
      client.setRequestHandler("elicitation/create", ({ params }) => answer(params.message)),
  );
}

const remove = (client: Client, key = "plan") =>
  client.callTool({ name: "delete_context", arguments: { key } });

it.each(ERAS)("asks the user of a %s client before it deletes", async (era) => {
  const mesh = new ContextMesh();
  await mesh.agent("Claude").push("plan", "Ship it.", { global: true });
  const questions: string[] = [];
  let action: ElicitResult["action"] = "decline";
  const { client } = await connectUser(mesh, era, (message) => {
    questions.push(message);
    return { action };
  });
  const declined = await remove(client);
  expect(declined).toMatchObject({ isError: true });
  expect(declined.content).toMatchObject([{ text: expect.stringContaining('"TOOL_DENIED"') }]);
  expect(await mesh.system.get("plan")).toBe("Ship it.");
  action = "accept";
  expect(await remove(client)).toMatchObject({ structuredContent: { success: true, key: "plan" } });
  expect(await mesh.system.get("plan")).toBeUndefined();
  expect(questions).toHaveLength(2);
  expect(questions[1]).toContain('Let "Claude" delete "plan"? It was last written by "Claude"');
});

it.each(ERAS)("asks before a %s client deletes a topic", async (era) => {
  const mesh = new ContextMesh();
  await mesh.agent("Claude").push("plan", 1, { topics: ["work"] });
  const questions: string[] = [];
  const { client } = await connectUser(mesh, era, (message) => {
    questions.push(message);
    return { action: "accept" };
  });
  const deleted = await client.callTool({ name: "delete_topic", arguments: { topic: "work" } });
  expect(deleted).toMatchObject({ structuredContent: { items_deleted: 1 } });
  expect(questions).toEqual([expect.stringContaining('delete the topic "work"? It has 1 items')]);
});

it("asks before it deletes a topic that the admin may not use as an agent", async () => {
  const mesh = new ContextMesh();
  await mesh.agent("Bob").push("plan", 1, { topics: ["work"] });
  await mesh.setPermissions("Claude", { post: ["sales"], subscribe: ["sales"] });
  const questions: string[] = [];
  const { client } = await connectUser(mesh, "modern", (message) => {
    questions.push(message);
    return { action: "decline" };
  });
  await client.callTool({ name: "delete_topic", arguments: { topic: "work" } });
  expect(questions).toEqual([expect.stringContaining('delete the topic "work"? It has 1 items')]);
  expect(await mesh.system.keys()).toEqual(["plan"]);
});

it.each(ERAS)("binds a call of a %s client to no revision if no user is asked", async (era) => {
  const mesh = new ContextMesh();
  await mesh.agent("Claude").push("plan", 1, { global: true });
  const wrapTools = (handler: ToolHandler): ToolHandler => {
    const run = handler.handleToolCall.bind(handler);
    handler.handleToolCall = (async (...call: Parameters<typeof run>) => {
      await mesh.agent("Bob").push("plan", 2);
      return run(...call);
    }) as typeof run;
    return handler;
  };
  const { client } = await connect(mesh.agent("Claude"), era, { wrapTools });
  expect(await remove(client)).toMatchObject({ structuredContent: { success: true } });
});

it.each(ERAS)("asks nothing where a call of a %s client fails anyway", async (era) => {
  const mesh = new ContextMesh();
  await mesh.agent("Bob").push("his", 1, { global: true });
  await mesh.agent("Bob").push("hidden", 1, { subscribers: ["Carol"] });
  const { client } = await connectUser(mesh, era, () => {
    throw new Error("The user was asked.");
  });
  const codes = [];
  for (const key of ["missing", "his", "hidden"]) {
    const { content } = await remove(client, key);
    codes.push(JSON.parse((content[0] as { text: string }).text).code);
  }
  expect(codes).toEqual(["NOT_FOUND", "NOT_OWNER", "NOT_FOUND"]);
});

it.each(ERAS)("follows the option where a %s client can't ask", async (era) => {
  const mesh = new ContextMesh();
  await mesh.agent("Claude").push("plan", 1, { global: true });
  const { client: denied } = await connect(mesh.agent("Claude"), era, { approval: "deny" });
  expect(await remove(denied)).toMatchObject({ isError: true });
  expect(await mesh.system.get("plan")).toBe(1);
  const { client: allowed } = await connect(mesh.agent("Claude"), era);
  expect(await remove(allowed)).toMatchObject({ structuredContent: { success: true } });
});

it.each(ERAS)(
  "deletes nothing that was written after a %s client's user was asked",
  async (era) => {
    const mesh = new ContextMesh();
    const claude = mesh.agent("Claude");
    await claude.push("plan", 1, { global: true });
    const questions: string[] = [];
    const { client } = await connectUser(mesh, era, async (message) => {
      questions.push(message);
      if (questions.length === 1) await mesh.agent("Bob").push("plan", 2);
      return { action: questions.length === 1 ? "accept" : "decline" };
    });
    expect(await remove(client)).toMatchObject({ isError: true });
    expect(questions).toHaveLength(2);
    expect(questions[1]).toContain('written by "Bob"');
    expect(await mesh.system.get("plan")).toBe(2);
  },
);

interface Round {
  readonly inputResponses?: Record<string, ElicitResult>;
  readonly requestState?: string | undefined;
}

/** One round of a call, as a client sends it that answers questions itself. */
const call = (client: Client, name: string, args: object, round: Round = {}) =>
  client.callTool({ name, arguments: { ...args }, ...round }, { allowInputRequired: true });

const ACCEPT = { inputResponses: { approval: { action: "accept" as const } } };
const REFUSED = { code: -32602, data: { reason: "invalid_request_state" } };

async function askedFor(client: Client, args: object): Promise<string | undefined> {
  const asked = await call(client, "delete_context", args);
  if (!isInputRequiredResult(asked)) throw new Error("The user was not asked.");
  return asked.requestState;
}

it("refuses a state that was used, changed, or given for another call or agent", async () => {
  const mesh = new ContextMesh();
  const claude = mesh.agent("Claude");
  for (const key of ["plan", "note", "draft"]) await claude.push(key, 1, { topics: ["work"] });
  const admin = { role: "admin", toolsets: ["context", "admin"] } as const;
  const { client } = await connect(claude, "modern", admin, ELICITS);
  const { client: bob } = await connect(mesh.agent("Bob"), "modern", admin, ELICITS);
  const other = new ContextMesh({ tenantId: "other" });
  await other.agent("Claude").push("plan", 1, { global: true });
  const { client: elsewhere } = await connect(other.agent("Claude"), "modern", admin, ELICITS);

  const requestState = await askedFor(client, { key: "plan" });
  const approved = { ...ACCEPT, requestState };
  const changed = { ...ACCEPT, requestState: `${requestState?.slice(0, -2)}xy` };
  const refused = [
    [client, "delete_context", { key: "plan" }, changed],
    [client, "delete_context", { key: "note" }, approved],
    [client, "delete_topic", { topic: "work" }, approved],
    [bob, "delete_topic", { topic: "work" }, approved],
    [elsewhere, "delete_context", { key: "plan" }, approved],
  ] as const;
  for (const [from, name, args, round] of refused)
    await expect(call(from, name, args, round)).rejects.toMatchObject(REFUSED);
  expect(await mesh.system.keys()).toEqual(["draft", "note", "plan"]);
  expect(await other.system.keys()).toEqual(["plan"]);

  // No answer, or no state: the user is asked again.
  for (const round of [{ requestState }, ACCEPT, {}])
    expect(
      isInputRequiredResult(await call(client, "delete_context", { key: "plan" }, round)),
    ).toBe(true);
  expect(await call(client, "delete_context", { key: "plan" }, approved)).toMatchObject({
    structuredContent: { success: true },
  });
  await claude.push("plan", 2, { global: true });
  const replayed = await call(client, "delete_context", { key: "plan" }, approved);
  // It is another item by now.
  expect(isInputRequiredResult(replayed)).toBe(true);
  expect(await mesh.system.get("plan")).toBe(2);

  // A topic without items has no revision: the state is recognized by its id.
  const subscribe = () => mesh.agent("Dora").subscribe(["talk"]);
  await subscribe();
  const talk = { topic: "talk" };
  const topic = await call(client, "delete_topic", talk);
  if (!isInputRequiredResult(topic)) throw new Error("The user was not asked.");
  const topicApproved = { ...ACCEPT, requestState: topic.requestState };
  expect(await call(client, "delete_topic", talk, topicApproved)).toMatchObject({
    structuredContent: { subscriptions_ended: 1 },
  });
  await subscribe();
  await expect(call(client, "delete_topic", talk, topicApproved)).rejects.toMatchObject(REFUSED);
  expect(await mesh.agent("Dora").subscriptions()).toEqual(["talk"]);
});

it("accepts a state on every node with the same key, and on no other", async () => {
  const mesh = new ContextMesh();
  const claude = mesh.agent("Claude");
  const approvalKey = crypto.getRandomValues(new Uint8Array(32));
  await claude.push("plan", 1, { global: true });
  const { client: first } = await connect(claude, "modern", { approvalKey }, ELICITS);
  const { client: stranger } = await connect(claude, "modern", {}, ELICITS);
  const { client: second } = await connect(claude, "modern", { approvalKey }, ELICITS);
  const approved = { ...ACCEPT, requestState: await askedFor(first, { key: "plan" }) };
  await expect(call(stranger, "delete_context", { key: "plan" }, approved)).rejects.toMatchObject(
    REFUSED,
  );
  expect(await call(second, "delete_context", { key: "plan" }, approved)).toMatchObject({
    structuredContent: { success: true },
  });
});

it("refuses a state that has expired", async () => {
  const mesh = new ContextMesh();
  await mesh.agent("Claude").push("plan", 1, { global: true });
  const { client } = await connect(mesh.agent("Claude"), "modern", {}, ELICITS);
  const approved = { ...ACCEPT, requestState: await askedFor(client, { key: "plan" }) };
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  vi.setSystemTime(Date.now() + 301_000);
  await expect(call(client, "delete_context", { key: "plan" }, approved)).rejects.toMatchObject(
    REFUSED,
  );
  expect(await mesh.system.get("plan")).toBe(1);
});

it("refuses a key that is too short", async () => {
  const agent = new ContextMesh().agent("Claude");
  await expect(connect(agent, "modern", { approvalKey: "short" })).rejects.toMatchObject({
    code: "INVALID_ARGUMENTS",
    details: { path: "approvalKey" },
  });
});
