import { ContextMesh, MemoryStorage, type Storage } from "@syntha/core";
import {
  CircuitBreaker,
  isInfrastructure,
  resilientHandler,
  resilientStorage,
} from "@syntha/resilience";
import { type ToolAnswer, type ToolCaller, ToolHandler } from "@syntha/tools";
import { expectTypeOf } from "vitest";

const mesh = new ContextMesh({ storage: resilientStorage(new MemoryStorage()) });
const handler = resilientHandler(new ToolHandler(mesh.agent("A")));

// The results are a storage and a handler.
expectTypeOf(resilientStorage(new MemoryStorage())).toExtend<Storage>();
expectTypeOf(handler).toExtend<ToolCaller>();
resilientHandler(handler);

// Calls are typed by tool name, like those of the handler.
const pushed = await handler.handleToolCall("push_context", { key: "a", value: "b", global: true });
expectTypeOf(pushed).toEqualTypeOf<ToolAnswer<"push_context">>();
// @ts-expect-error An argument is missing.
await handler.handleToolCall("push_context", { key: "a" });
const name: string = "push_context";
expectTypeOf(await handler.handleToolCall(name, 42)).toEqualTypeOf<ToolAnswer>();

const prefixed = resilientHandler(new ToolHandler(mesh.agent("A"), { prefix: "mesh_" }));
expectTypeOf(await prefixed.handleToolCall("mesh_list_context")).toEqualTypeOf<
  ToolAnswer<"list_context">
>();
// @ts-expect-error Prefixed names are typed as well.
await prefixed.handleToolCall("mesh_push_context", { key: "a" });

resilientHandler(handler, {
  breaker: new CircuitBreaker({ threshold: 0.5 }),
  countsAsFailure: (code, failure) =>
    isInfrastructure(code, failure) || code === "STORAGE_MISMATCH",
  onStateChange: ({ from, to, at }) => void [from, to, at],
});
// @ts-expect-error Either consecutive failures or a failure rate.
resilientHandler(handler, { breaker: { threshold: 0.5, failures: 3 } });
// @ts-expect-error No such option.
resilientHandler(handler, { timeuot: "5s" });
