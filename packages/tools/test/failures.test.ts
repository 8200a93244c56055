import { ContextMesh, ERROR_CODES, MemoryStorage, SynthaError } from "@syntha/core";
import { type RetryAdvice, ToolHandler } from "@syntha/tools";
import { expect, it, onTestFinished } from "vitest";

function newHandler(): ToolHandler<"mesh_"> {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  return new ToolHandler(mesh.agent("Worker"), { prefix: "mesh_" });
}

it("answers a failure of a wrapper like its own", () => {
  const handler = newHandler();
  const unknown = new SynthaError("UNKNOWN_OUTCOME", "lost at 10.0.0.7:5432");
  expect(handler.toFailure("mesh_push_context", unknown)).toEqual({
    success: false,
    code: "UNKNOWN_OUTCOME",
    error: "It is unknown whether all of this was written.",
    hint: "Check with mesh_get_context whether the change was made before you repeat the call.",
    retry: "corrected_call",
  });
});

it.each([
  [undefined, "No tool name was given."],
  [null, "No tool name was given."],
  ["", "No tool name was given."],
  [7, "A tool name must be text."],
  [{}, "A tool name must be text."],
  ["mesh_push_contex", 'There is no tool "mesh_push_contex".'],
])("explains the invalid tool name %j", async (name, error) => {
  expect(await newHandler().handleToolCall(name as string)).toMatchObject({
    code: "UNKNOWN_TOOL",
    error,
    hint: expect.stringContaining("mesh_push_context") as unknown,
  });
});

it("has retry advice for every error code", () => {
  const handler = newHandler();
  const codesBy = (retry: RetryAdvice): string[] =>
    ERROR_CODES.filter(
      (code) => handler.toFailure("mesh_push_context", new SynthaError(code, "")).retry === retry,
    );
  expect(codesBy("same_call")).toEqual(["UNAVAILABLE", "TIMEOUT"]);
  const data = ["CORRUPT_DATA", "INVALID_TENANT", "STORAGE_MISMATCH", "TENANT_EXISTS"];
  const calls = ["ABORTED", "CLOSED", "MISCONFIGURED", "STALE_TOKEN", "TOOL_DENIED"];
  expect(codesBy("never").toSorted()).toEqual([...data, ...calls].toSorted());
  const late = new SynthaError("LIMIT_EXCEEDED", "", {
    details: { limit: "tenant.writesPerSecond", maximum: 3, retryAt: new Date() },
  });
  expect(handler.toFailure("mesh_push_context", late).retry).toBe("same_call");
  const notOwner = new SynthaError("NOT_OWNER", "", { details: { key: "plan" } });
  expect(handler.toFailure("mesh_push_context", notOwner).retry).toBe("corrected_call");
  expect(handler.toFailure("mesh_delete_context", notOwner).retry).toBe("never");
});

it("states when a circuit allows the next call", () => {
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
    "The circuit is isolated until your operator releases it: continue without the mesh.",
  );
  expect(hint(new SynthaError("UNAVAILABLE", ""))).toBe(
    "Call mesh_list_context again in a moment.",
  );
});

it("hints at what to do when a limit is reached", async () => {
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
    hint: "Call delete_context for keys that you no longer need.",
    retry: "corrected_call",
  });
  await mesh.system.push("c", 1, { global: true });
  await mesh.system.push("d", 1, { global: true });
  expect(await call("a")).toMatchObject({
    code: "LIMIT_EXCEEDED",
    hint: "Call push_context again in 1 second.",
    retry: "same_call",
  });
  const other = new ToolHandler(mesh.agent("Worker"), { deny: ["delete_context"] });
  const again = await other.handleToolCall("push_context", { key: "b", ...push, ...rest });
  expect(again).toMatchObject({ hint: "Keys that are no longer needed must be deleted first." });
});

it("keeps the underlying error for programs only", async () => {
  const driver = new Error("connect ECONNREFUSED 10.0.0.7:5432");
  const storage = new MemoryStorage();
  storage.list = () => Promise.reject(driver);
  const mesh = new ContextMesh({ storage });
  onTestFinished(() => mesh.close());
  const handler = new ToolHandler(mesh.agent("Worker"));
  const answer = await handler.handleToolCall("list_context");
  if (answer.success) throw new Error("The call succeeded.");
  expect(handler.causeOf(answer)).toBe(driver);
  expect(JSON.stringify(answer)).not.toContain("10.0.0.7");
  expect(handler.causeOf({ ...answer })).toBeUndefined();
});
