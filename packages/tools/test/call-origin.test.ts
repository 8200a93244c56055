import { ContextMesh } from "@syntha/core";
import { answerCalls, type CallOrigin, ToolHandler } from "@syntha/tools";
import { expect, it } from "vitest";

it("hands whatever stands around a handler the id by which a model knows its call", async () => {
  const mesh = new ContextMesh({ tenantId: "acme" });
  const handler = new ToolHandler(mesh.agent("Writer"));
  const heard: unknown[] = [];
  const around = Object.create(handler, {
    handleToolCall: {
      value: (name: string, args: unknown, origin: CallOrigin) => {
        heard.push([name, args, origin]);
        return handler.handleToolCall(name, args, origin);
      },
    },
    knows: { value: (name: string) => handler.knows(name) },
  }) as ToolHandler;
  await answerCalls(around, [{ id: "call_1", name: "list_context", arguments: "{}" }]);
  expect(heard).toEqual([["list_context", "{}", { id: "call_1" }]]);
  expect(handler.tenantId).toBe("acme");
  await mesh.close();
});
