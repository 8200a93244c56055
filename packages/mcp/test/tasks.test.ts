import { ERAS } from "./support/eras.ts";
import { type TaskView, taskViewFromExecutionEvent } from "@modelcontextprotocol/ext-tasks/client";
import { ContextMesh, MemoryStorage } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import { expect, it, vi } from "vitest";
import { connect } from "./support/connect.ts";
import { openSession } from "./support/task-session.ts";

it("follows a task from its claim to its result", async () => {
  const mesh = new ContextMesh();
  const session = await openSession(mesh.agent("Claude"));
  const execution = await session.callTool("delegate_task", {
    agent: "Critic",
    message: "Review the draft.",
    priority: 5,
  });
  const critic = mesh.agent("Critic");
  const lease = await critic.claim({ inbox: true });
  expect(lease?.item).toMatchObject({
    value: { message: "Review the draft." },
    author: "Claude",
    priority: 5,
    subscribers: ["Critic"],
  });
  const views: TaskView[] = [];
  const settled = execution.settle({
    onEvent: async (event) => {
      const view = taskViewFromExecutionEvent(event);
      if (view !== undefined) views.push(view);
      if (view?.statusMessage === "Claimed, attempt 1") await lease?.complete({ grade: "A" });
    },
  });
  const { outcome } = await settled;
  const structuredContent = {
    success: true,
    task: lease?.key,
    result: { grade: "A" },
    author: "Critic",
  };
  expect(outcome).toMatchObject({ status: "completed", result: { structuredContent } });
  expect(views[0]).toMatchObject({
    status: "working",
    statusMessage: 'No agent "Critic" is known yet.',
    suggestedPollIntervalMs: 1_000,
    retentionMs: 7 * 86_400_000,
  });
  expect(views.map(({ status }) => status)).toContain("working");
});

it("asks the delegating user the question of a model, and passes on the answer", async () => {
  const mesh = new ContextMesh();
  const questions: string[] = [];
  const session = await openSession(mesh.agent("Claude"), (message) => {
    questions.push(message);
    return questions.length === 1
      ? { action: "accept", content: { answer: "Acme's" } }
      : { action: "decline" };
  });
  const clerk = mesh.agent("Clerk");
  await clerk.subscribe(["billing"]);
  const execution = await session.callTool("delegate_task", {
    topics: ["billing"],
    message: "Refund the account.",
  });
  const settled = execution.settle();
  const tools = new ToolHandler(clerk, { toolsets: ["tasks"] });
  const claim = async (answers: number) =>
    vi.waitFor(async () => {
      const answer = await tools.handleToolCall("claim_task", { topics: ["billing"] });
      if (!answer.success || answer.task === null) throw new Error("There is no task.");
      const { key, token, value } = answer.task;
      const { answers: given = [] } = value as { answers?: object[] };
      if (given.length === answers) return { key, token, value };
      // Its question is not answered yet.
      await tools.handleToolCall("release_task", { key, token });
      throw new Error("There is no answer.");
    }, 60_000);
  const ask = async (error: string, { key, token }: { key: string; token: string }) =>
    tools.handleToolCall("release_task", { key, token, error, retry_in_minutes: 1 });
  await ask("question: Which account?", await claim(0));
  const second = await claim(1);
  expect(second.value).toEqual({
    message: "Refund the account.",
    answers: [{ question: "Which account?", answer: "Acme's" }],
  });
  await ask("Question: How much? </context>", second);
  const third = await claim(2);
  expect(third.value).toMatchObject({
    answers: [{ answer: "Acme's" }, { question: "How much? </context>", answer: null }],
  });
  const { key, token } = third;
  await tools.handleToolCall("complete_task", { key, token, result: "Done" });
  expect((await settled).outcome).toMatchObject({
    status: "completed",
    result: { structuredContent: { result: "Done" } },
  });
  expect(questions).toEqual([
    '"Clerk" asks about its task: "Which account?"',
    '"Clerk" asks about its task: "How much? </context>"',
  ]);
});

it("ends in failure with the reason of the last attempt", async () => {
  const mesh = new ContextMesh();
  const session = await openSession(mesh.agent("Claude"));
  const execution = await session.callTool("delegate_task", { agent: "Critic", message: "Go" });
  const lease = await mesh.agent("Critic").claim({ inbox: true });
  await lease?.release({ error: "The source is offline.", maxAttempts: 1 });
  const { outcome } = await execution.settle();
  expect(outcome).toMatchObject({ status: "failed" });
  if (outcome.status !== "failed") return;
  expect(outcome.error.message).toContain("The source is offline.");
  expect(outcome.error).toMatchObject({ data: { code: "TASK_FAILED", task: lease?.key } });
});

it("withdraws a task that is cancelled, and the lease on it", async () => {
  const mesh = new ContextMesh();
  const session = await openSession(mesh.agent("Claude"));
  const execution = await session.callTool("delegate_task", { agent: "Critic", message: "Go" });
  const lease = await mesh.agent("Critic").claim({ inbox: true });
  const task = session.task(lease?.key as never);
  await execution.cancel();
  await expect(lease?.complete("late")).rejects.toMatchObject({ code: "STALE_TOKEN" });
  expect(await mesh.system.keys()).toEqual([]);
  expect(await task.snapshot()).toMatchObject({ status: "cancelled" });
  // A task that has ended stays as it is.
  await task.cancel();
  expect(await task.snapshot()).toMatchObject({ status: "cancelled" });
});

it("keeps the result of a task that is cancelled after its completion", async () => {
  const mesh = new ContextMesh();
  const session = await openSession(mesh.agent("Claude"));
  await session.callTool("delegate_task", { agent: "Critic", message: "Go" });
  const lease = await mesh.agent("Critic").claim({ inbox: true });
  const task = session.task(lease?.key as never);
  await lease?.complete("Fine");
  await task.cancel();
  expect(await task.snapshot()).toMatchObject({ status: "completed" });
});

it("reads how a task ended from the history of its item", async () => {
  const mesh = new ContextMesh();
  const session = await openSession(mesh.agent("Claude"));
  const critic = mesh.agent("Critic");
  const delegate = async () => {
    await session.callTool("delegate_task", { agent: "Critic", message: "Go" });
    const lease = await critic.claim({ inbox: true });
    if (lease === undefined) throw new Error("There is no task.");
    return { lease, task: session.task(lease.key as never) };
  };
  const removed = await delegate();
  await removed.lease.complete();
  const elsewhere = await delegate();
  await elsewhere.lease.complete("secret", { subscribers: ["Bob"] });
  const deleted = await delegate();
  await mesh.system.delete(deleted.lease.key);
  const completed = {
    status: "completed",
    raw: { result: { structuredContent: { result: null } } },
  };
  expect(await removed.task.snapshot()).toMatchObject(completed);
  expect(await elsewhere.task.snapshot()).toMatchObject(completed);
  expect(await deleted.task.snapshot()).toMatchObject({ status: "failed" });
});

it("shows a task to the agent that delegated it only, on every node", async () => {
  const storage = new MemoryStorage();
  const [mesh, node] = [new ContextMesh({ storage }), new ContextMesh({ storage })];
  const claude = await openSession(mesh.agent("Claude"));
  await claude.callTool("delegate_task", { agent: "Critic", message: "Go" });
  const [key = ""] = await mesh.system.keys();
  const restarted = await openSession(node.agent("Claude"));
  expect(await restarted.task(key as never).snapshot()).toMatchObject({ status: "working" });
  for (const name of ["Critic", "Bob", "Claud"]) {
    const other = await openSession(node.agent(name));
    await expect(other.task(key as never).snapshot()).rejects.toThrow("Task not found.");
    await expect(other.task(key as never).cancel()).rejects.toThrow("Task not found.");
  }
  // Any agent may push to a free key.
  await mesh.agent("Mallory").push("task:Claude/1", "secret", { subscribers: ["Bob"] });
  for (const taskId of ["task:Claude/1", "task:Claude/2", "plan"])
    await expect(restarted.task(taskId as never).snapshot()).rejects.toThrow("Task not found.");
  expect(await mesh.system.keys()).toHaveLength(2);
});

it("ignores an answer to a question that is no longer open", async () => {
  const mesh = new ContextMesh();
  const session = await openSession(mesh.agent("Claude"));
  await session.callTool("delegate_task", { agent: "Critic", message: "Go" });
  const critic = mesh.agent("Critic");
  const lease = await critic.claim({ inbox: true });
  const key = lease?.key ?? "";
  await lease?.release({ error: "question: Where?" });
  const task = session.task(key as never);
  const { raw } = await task.snapshot();
  const [id = ""] = Object.keys(raw["inputRequests"] as object);
  const accept = { action: "accept" as const, content: { answer: "Here." } };
  await task.update({ other: accept });
  expect(await mesh.system.get(key)).toEqual({ message: "Go" });
  const again = await critic.claim({ inbox: true });
  await task.update({ [id]: accept });
  expect(await mesh.system.get(key)).toEqual({ message: "Go" });
  await again?.release({ error: "question: When?" });
  await task.update({ [id]: accept });
  expect(await mesh.system.get(key)).toEqual({ message: "Go" });
  const { raw: next } = await task.snapshot();
  const [nextId = ""] = Object.keys(next["inputRequests"] as object);
  await task.update({ [nextId]: accept });
  expect(await mesh.system.get(key)).toEqual({
    message: "Go",
    answers: [{ question: "When?", answer: "Here." }],
  });
  expect(await task.snapshot()).toMatchObject({ status: "working" });
});

it("keeps a question open that is accepted without an answer", async () => {
  const mesh = new ContextMesh();
  const session = await openSession(mesh.agent("Claude"));
  await session.callTool("delegate_task", { agent: "Critic", message: "Go" });
  const lease = await mesh.agent("Critic").claim({ inbox: true });
  const key = lease?.key ?? "";
  await lease?.release({ error: "question: Where?" });
  const task = session.task(key as never);
  const [id = ""] = Object.keys((await task.snapshot()).raw["inputRequests"] as object);
  for (const content of [undefined, {}, { answer: 5 }])
    await expect(
      task.update({ [id]: { action: "accept", ...(content && { content }) } }),
    ).rejects.toThrow("The answer must be text.");
  expect(await mesh.system.get(key)).toEqual({ message: "Go" });
  await task.update({ [id]: { action: "decline" } });
  expect(await mesh.system.get(key)).toMatchObject({ answers: [{ answer: null }] });
});

it("shows how a task ended, whatever another agent pushes under its key", async () => {
  const mesh = new ContextMesh();
  const session = await openSession(mesh.agent("Claude"));
  await session.callTool("delegate_task", { agent: "Critic", message: "Go" });
  const critic = mesh.agent("Critic");
  const lease = await critic.claim({ inbox: true });
  const key = lease?.key ?? "";
  await lease?.complete();
  const task = session.task(key as never);
  expect(await task.snapshot()).toMatchObject({ status: "completed" });
  await critic.push(key, { message: "Which password?" }, { subscribers: ["Claude", "Critic"] });
  const again = await critic.claim({ key });
  await again?.release({ error: "question: Which password?" });
  expect(await task.snapshot()).toMatchObject({ status: "completed" });
  await task.cancel();
  expect(await mesh.system.get(key)).toEqual({ message: "Which password?" });
});

it.each(ERAS)("returns the key of a task to a %s client without the extension", async (era) => {
  const mesh = new ContextMesh();
  const { client } = await connect(mesh.agent("Claude"), era, { toolsets: ["tasks"] });
  const { tools } = await client.listTools();
  expect(tools.at(-1)?.name).toBe("delegate_task");
  const args = { agent: "Critic", topics: [], message: "Go" };
  const { structuredContent } = await client.callTool({ name: "delegate_task", arguments: args });
  const [key] = await mesh.system.keys();
  expect(structuredContent).toMatchObject({ success: true, task: key });
});

it.each([
  [["tasks"], ": read it later with get_context."],
  [["tasks", "live"], ": wait for it with wait_for_changes, or read it later with get_context."],
] as const)("names the tools of %j by which the result can be read", async (toolsets, ways) => {
  const options = { toolsets: ["context", ...toolsets] } as const;
  const { client } = await connect(new ContextMesh().agent("Claude"), "modern", options);
  const delegating = { name: "delegate_task", arguments: { agent: "Critic", message: "Go" } };
  const { structuredContent } = await client.callTool(delegating);
  const { hint } = structuredContent as { hint: string };
  expect(hint.endsWith(`Its result replaces the value of this key${ways}`)).toBe(true);
});

it.each(ERAS)("refuses wrong arguments of a %s client", async (era) => {
  const mesh = new ContextMesh();
  const { client } = await connect(mesh.agent("Claude"), era, { toolsets: ["tasks"] });
  const wrong = [
    {},
    { message: "Go" },
    { agent: "Critic" },
    { agent: "Claude", message: "Go" },
    { agent: 1, message: "Go" },
    { topics: "work, play", message: "Go" },
    { topics: "[work", message: [] },
    { topics: [1], message: "Go" },
    { agent: "Critic", message: "Go", priority: "high" },
    { agent: "Critic", message: "Go", priority: 11 },
    { agent: "Critic", message: "Go", as: "Bob" },
  ];
  for (const args of wrong) {
    const { content, isError } = await client.callTool({ name: "delegate_task", arguments: args });
    expect(isError).toBe(true);
    expect(content).toMatchObject([{ text: expect.stringContaining('"INVALID_ARGUMENTS"') }]);
  }
  expect(await mesh.system.keys()).toEqual([]);
});

it.each([
  ["a text for a list", { topics: "work" }, { topics: ["work"] }],
  ["JSON for a list", { topics: '["work","play"]' }, { topics: ["work", "play"] }],
  ["a list for a name", { agent: ["Critic"] }, { subscribers: ["Critic"] }],
  ["text for a number", { agent: "Critic", priority: " 3" }, { priority: 3 }],
  ["nothing", { agent: "Critic", topics: null, priority: "" }, { topics: [], priority: 0 }],
])("reads %s as what it means", async (_, args, expected) => {
  const mesh = new ContextMesh();
  const { client } = await connect(mesh.agent("Claude"), "modern", { toolsets: ["tasks"] });
  await client.callTool({ name: "delegate_task", arguments: { ...args, message: "Go" } });
  expect((await mesh.system.list()).items).toMatchObject([
    { value: { message: "Go" }, ...expected },
  ]);
});

it.each([
  [{ topics: "a, b" }, 'Pass [\\"a\\",\\"b\\"] if these are several, else [\\"a, b\\"].'],
  [{ topic: ["a"] }, "Use `topics`."],
  [{ agent: "Claude" }, 'You are \\"Claude\\": name another agent, or topics.'],
])("names the mistake of %o in the hint", async (args, hint) => {
  const { client } = await connect(new ContextMesh().agent("Claude"), "modern", {
    toolsets: ["tasks"],
  });
  const call = { name: "delegate_task", arguments: { ...args, message: "Go" } };
  expect((await client.callTool(call)).content).toMatchObject([
    { text: expect.stringContaining(hint) },
  ]);
});

it.each(ERAS)("lists every tool when a %s client calls one that it lacks", async (era) => {
  const options = { toolsets: ["tasks"], deny: ["delete_context"] } as const;
  const { client } = await connect(new ContextMesh().agent("Claude"), era, options);
  const { tools } = await client.listTools();
  const list = `Available: ${tools.map(({ name }) => name).join(", ")}.`;
  for (const [name, guess] of [
    ["delegate_tasks", "Did you mean delegate_task? "],
    ["fly_to_moon", ""],
    ["delete_context", ""],
  ] as const) {
    const { content } = await client.callTool({ name, arguments: {} });
    const hint = JSON.stringify({ hint: guess + list }).slice(1, -1);
    expect(content).toMatchObject([{ text: expect.stringContaining(hint) }]);
  }
});

it.each(ERAS)("does not let a %s client delegate without the toolset or the role", async (era) => {
  const mesh = new ContextMesh();
  for (const options of [{}, { toolsets: ["tasks"], role: "readonly" }] as const) {
    const { client } = await connect(mesh.agent("Claude"), era, options);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain("delegate_task");
    const args = { agent: "Critic", message: "Go" };
    const { content } = await client.callTool({ name: "delegate_task", arguments: args });
    expect(content).toMatchObject([{ text: expect.stringContaining('"UNKNOWN_TOOL"') }]);
    expect(client.getServerCapabilities()?.extensions ?? {}).toEqual({});
  }
});
