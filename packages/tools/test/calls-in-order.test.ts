import { type AgentContext, ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { callsInOrder, ToolHandler } from "../src/index.ts";

/** An agent whose first write is slow. */
function withSlowFirstWrite(agent: AgentContext): AgentContext {
  let isFirst = true;
  return new Proxy(agent, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "push") return member.bind(target);
      return async (...args: unknown[]) => {
        const wait = isFirst ? 30 : 0;
        isFirst = false;
        await new Promise((resolve) => setTimeout(resolve, wait));
        return member.apply(target, args);
      };
    },
  });
}

it("answers concurrent calls in order", async () => {
  const mesh = new ContextMesh();
  const call = callsInOrder(new ToolHandler(withSlowFirstWrite(mesh.agent("Worker"))));
  const [first, second, read] = await Promise.all([
    call("push_context", { key: "a", value: "1", global: true }),
    call("push_context", '{"key":"a","value":"2"}'),
    call("get_context", { keys: ["a"] }),
  ]);
  expect([first, second]).toMatchObject([{ success: true }, { success: true }]);
  expect(read).toMatchObject({ context: { a: "2" } });
});

it("separates runs, and continues after a failed call", async () => {
  const mesh = new ContextMesh();
  const call = callsInOrder(new ToolHandler(withSlowFirstWrite(mesh.agent("Worker"))));
  const ended: string[] = [];
  const [one, other] = [{}, {}];
  await Promise.all([
    call("push_context", { key: "slow", value: "1", global: true }, { run: one }).then(() =>
      ended.push("slow"),
    ),
    call("send_email", {}, { run: one }).then((answer) =>
      ended.push(answer.success ? "?" : answer.code),
    ),
    call("push_context", { key: "quick", value: "1", global: true }, { run: other }).then(() =>
      ended.push("quick"),
    ),
  ]);
  expect(ended).toEqual(["quick", "slow", "UNKNOWN_TOOL"]);
});

it("does not start a queued call after an abort", async () => {
  const mesh = new ContextMesh();
  const call = callsInOrder(new ToolHandler(withSlowFirstWrite(mesh.agent("Worker"))));
  const controller = new AbortController();
  const { signal } = controller;
  const answers = Promise.all([
    call("push_context", { key: "a", value: "1", global: true }, { signal }),
    call("push_context", { key: "b", value: "1", global: true }, { signal }),
  ]);
  controller.abort();
  expect(await answers).toMatchObject([{ success: true }, { success: false, code: "ABORTED" }]);
  expect(await mesh.system.keys()).toEqual(["a"]);
});
