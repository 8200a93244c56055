import { ContextMesh, type JsonValue } from "@syntha/core";
import { expectTypeOf } from "vitest";
import * as z from "zod";
import {
  type Role,
  type ToolAnswer,
  type ToolArguments,
  type ToolCaller,
  ToolHandler,
  toolHandlers,
  type ToolName,
} from "../src/index.ts";

const mesh = new ContextMesh();
const handler = new ToolHandler(mesh.agent("A"));

// By name: arguments and result.
const pushed = await handler.handleToolCall("push_context", { key: "a", value: { any: ["json"] } });
expectTypeOf(pushed).toEqualTypeOf<ToolAnswer<"push_context">>();
if (pushed.success) {
  expectTypeOf(pushed.revision).toBeNumber();
  expectTypeOf(pushed.expires_at).toEqualTypeOf<string | null>();
} else {
  expectTypeOf(pushed.hint).toBeString();
  // @ts-expect-error A failure has no revision.
  void pushed.revision;
}
const read = await handler.handleToolCall("get_context");
if (read.success) expectTypeOf(read.context).toEqualTypeOf<Record<string, JsonValue>>();
const claimed = await handler.handleToolCall("claim_task", { topics: ["work"], key: null });
if (claimed.success && claimed.task) expectTypeOf(claimed.task.token).toBeString();
await handler.handleToolCall("subscribe_to_topics", { topics: ["a", "b"] as const });
await handler.handleToolCall("push_context", '{"key":"a","value":"b"}');

// @ts-expect-error An argument is missing.
await handler.handleToolCall("push_context", { key: "a" });
// @ts-expect-error Arguments are missing.
await handler.handleToolCall("push_context");
// @ts-expect-error Text in place of a list.
await handler.handleToolCall("subscribe_to_topics", { topics: "a" });
// @ts-expect-error No such argument.
await handler.handleToolCall("get_context", { kyes: ["a"] });
// @ts-expect-error Text in place of a number.
await handler.handleToolCall("push_context", { key: "a", value: "b", if_revision: "5" });
// @ts-expect-error A value is required.
await handler.handleToolCall("push_context", { key: "a", value: undefined });

// For models: any name, any arguments.
const name: string = "push_context";
expectTypeOf(await handler.handleToolCall(name, 42 as unknown)).toEqualTypeOf<ToolAnswer>();
await handler.handleToolCall(name);

// Functions can be generic in the tool.
async function call<N extends ToolName>(tool: N, args: ToolArguments[N]): Promise<ToolAnswer<N>> {
  return handler.handleToolCall(tool, args);
}
expectTypeOf(await call("list_context", {})).toEqualTypeOf<ToolAnswer<"list_context">>();

// With a prefix.
const prefixed = new ToolHandler(mesh.agent("A"), { prefix: "mesh_" });
expectTypeOf(await prefixed.handleToolCall("mesh_list_context")).toEqualTypeOf<
  ToolAnswer<"list_context">
>();
// @ts-expect-error Prefixed names are typed as well.
await prefixed.handleToolCall("mesh_push_context", { key: "a" });

// @ts-expect-error No such role.
void new ToolHandler(mesh.agent("A"), { role: "root" });
// @ts-expect-error No such tool.
void new ToolHandler(mesh.agent("A"), { deny: ["delete_everything"] });
// @ts-expect-error A mesh is not an agent.
void new ToolHandler(mesh);

// A typed mesh's agents have tools like any other.
const typed = new ContextMesh({
  schema: {
    items: {
      inquiry: z.object({ customer: z.string() }),
      "task:*": z.object({ done: z.boolean() }),
    },
    topics: ["support"],
    events: { closed: z.object({ id: z.string() }) },
  },
});
void new ToolHandler(typed.agent("A"));
void new ToolHandler(typed.system, { role: "admin" });
const table = toolHandlers(typed, { A: { role: "readonly" }, B: { prefix: "b_" } });
expectTypeOf(table.A).toEqualTypeOf<ToolHandler>();
expectTypeOf(table.B).toEqualTypeOf<ToolHandler<"b_">>();

const list = toolHandlers(typed, ["A", "B"], { prefix: "l_", role: "readonly" });
expectTypeOf(list).toEqualTypeOf<{
  readonly A: ToolHandler<"l_">;
  readonly B: ToolHandler<"l_">;
}>();
expectTypeOf(toolHandlers(typed, ["A"]).A).toEqualTypeOf<ToolHandler>();
declare const someNames: readonly string[];
const some = toolHandlers(typed, someNames, { role: ["get_context"] });
expectTypeOf(some["A"]).toEqualTypeOf<ToolHandler | undefined>();
// @ts-expect-error The list has no such agent.
void list.C;
// @ts-expect-error No such role.
void toolHandlers(typed, ["A"], { role: "root" });
// @ts-expect-error A table contains the options.
void toolHandlers(typed, { A: {} }, { role: "readonly" });

handler.setRole("readonly");
handler.setRole(["get_context"]);
expectTypeOf(handler.role).toEqualTypeOf<Role>();
// @ts-expect-error No such role.
handler.setRole("root");
// @ts-expect-error Use setRole.
handler.role = "readonly";

expectTypeOf<ToolArguments["delete_topic"]>().toEqualTypeOf<{ topic: string }>();

// Adapters accept every handler, and every object of that shape.
expectTypeOf<ToolHandler>().toExtend<ToolCaller>();
expectTypeOf<ToolHandler<"mesh_">>().toExtend<ToolCaller>();
expectTypeOf<ToolCaller<"mesh_">>().toExtend<ToolCaller>();
declare const caller: ToolCaller<"">;
expectTypeOf(await caller.handleToolCall("list_context", {})).toEqualTypeOf<
  ToolAnswer<"list_context">
>();
// @ts-expect-error A list in place of text.
await caller.handleToolCall("push_context", { key: ["a"], value: "b" });
