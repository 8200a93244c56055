import { ContextMesh, MemoryStorage, SynthaError } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import { expect, it, onTestFinished } from "vitest";

function newHandler(): ToolHandler<"mesh_"> {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  return new ToolHandler(mesh.agent("Worker"), { prefix: "mesh_" });
}

it("says of a failure that happened around it what it would have said of its own", () => {
  const handler = newHandler();
  const unknown = new SynthaError("UNKNOWN_OUTCOME", "lost at 10.0.0.7:5432");
  expect(handler.toFailure("mesh_push_context", unknown)).toEqual({
    success: false,
    code: "UNKNOWN_OUTCOME",
    error: "It is not known whether this was written, or all of it.",
    hint: "See with mesh_get_context what is there before you repeat it.",
    retryable: false,
  });
});

it("tells when to call again where a circuit says it", () => {
  const handler = newHandler();
  const open = (retryAt?: Date): SynthaError =>
    new SynthaError("UNAVAILABLE", "", { details: { state: "open", ...(retryAt && { retryAt }) } });
  const hint = (error: SynthaError): string => handler.toFailure("mesh_list_context", error).hint;
  expect(hint(open(new Date(Date.now() + 28_400)))).toBe(
    "The circuit is open: call mesh_list_context again in 29 seconds.",
  );
  expect(hint(open(new Date(Date.now() - 5)))).toBe(
    "The circuit is open: call mesh_list_context again in 1 second.",
  );
  expect(hint(new SynthaError("UNAVAILABLE", "", { details: { state: "isolated" } }))).toBe(
    "The circuit is isolated until whoever runs you releases it: go on without the mesh.",
  );
  expect(hint(new SynthaError("UNAVAILABLE", ""))).toBe(
    "Call mesh_list_context again in a moment.",
  );
});

it("tells a model what it can do when a limit is reached", async () => {
  const limits = { tenant: { writesPerSecond: 3 }, agent: { items: 1 } };
  const mesh = new ContextMesh({ limits });
  onTestFinished(() => mesh.close());
  const push = { value: "1", topics: null, subscribers: null, global: true } as const;
  const rest = { ttl_hours: null, if_revision: null };
  const handler = new ToolHandler(mesh.agent("Worker"));
  const call = (key: string) => handler.handleToolCall("push_context", { key, ...push, ...rest });
  expect(await call("a")).toMatchObject({ success: true });
  expect(await call("b")).toMatchObject({
    code: "LIMIT_EXCEEDED",
    error: "Worker may hold at most 1 item.",
    hint: "Call delete_context for what you no longer need.",
    retryable: false,
  });
  await mesh.system.push("c", 1, { global: true });
  await mesh.system.push("d", 1, { global: true });
  expect(await call("a")).toMatchObject({
    code: "LIMIT_EXCEEDED",
    hint: "Call push_context again in 1 second.",
    retryable: true,
  });
  const other = new ToolHandler(mesh.agent("Worker"), { deny: ["delete_context"] });
  const again = await other.handleToolCall("push_context", { key: "b", ...push, ...rest });
  expect(again).toMatchObject({
    hint: "Somebody must delete what is no longer needed first.",
  });
});

it("keeps the error behind an answer for programs, and tells models nothing of it", async () => {
  const driver = new Error("connect ECONNREFUSED 10.0.0.7:5432");
  const storage = new MemoryStorage();
  storage.list = () => Promise.reject(driver);
  const mesh = new ContextMesh({ storage });
  onTestFinished(() => mesh.close());
  const handler = new ToolHandler(mesh.agent("Worker"));
  const answer = await handler.handleToolCall("list_context");
  if (answer.success) throw new Error("It can't have succeeded.");
  expect(handler.causeOf(answer)).toBe(driver);
  expect(JSON.stringify(answer)).not.toContain("10.0.0.7");
  expect(handler.causeOf({ ...answer })).toBeUndefined();
});
