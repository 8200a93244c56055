import { Agent, type FunctionTool, type Tool } from "@openai/agents";
import { ContextMesh } from "@syntha/core";
import { type ParametersSchema, type ToolCaller, ToolHandler } from "@syntha/tools";
import { expectTypeOf } from "vitest";
import { agentTools } from "../src/agents.ts";

const handler = new ToolHandler(new ContextMesh().agent("A"));
const prefixed = new ToolHandler(new ContextMesh().agent("A"), { prefix: "mesh_" });

// Agents with any context.
expectTypeOf(agentTools(handler)).toEqualTypeOf<
  FunctionTool<unknown, ParametersSchema, string>[]
>();
expectTypeOf(agentTools(handler)).toExtend<Tool<{ user: string }>[]>();
void new Agent<{ user: string }>({
  name: "A",
  tools: agentTools(prefixed, { needsApproval: ["write", "destroy"] }),
});
declare const wrapper: ToolCaller<"mesh_">;
void new Agent({ name: "A", tools: agentTools(wrapper) });
// @ts-expect-error No such effect.
agentTools(handler, { needsApproval: ["push_context"] });
