import { ContextMesh } from "@syntha/core";
import { type ToolCaller, ToolHandler } from "@syntha/tools";
import { generateText, jsonSchema, streamText, tool, ToolLoopAgent, type ToolSet } from "ai";
import { aiTools, repairToolCall } from "../src/index.ts";

// Checked against version 7 with all tests, and against version 6 by ai-6.full.test.ts.
const handler = new ToolHandler(new ContextMesh().agent("Triage"), { prefix: "mesh_" });
const tools = {
  ...aiTools(handler, { needsApproval: ["destroy"] }),
  weather: tool({
    inputSchema: jsonSchema<{ city: string }>({ type: "object" }),
    execute: ({ city }) => `It rains in ${city}.`,
  }),
} satisfies ToolSet;
const settings = {
  model: "openai/gpt-6-luna",
  tools,
  experimental_repairToolCall: repairToolCall(handler),
};

export const agent = new ToolLoopAgent(settings);
export const generate = () => generateText({ ...settings, prompt: "Go on." });
export const stream = () => streamText({ ...settings, prompt: "Go on." });

declare const wrapper: ToolCaller<"mesh_">;
export const beside = () =>
  generateText({
    ...settings,
    tools: aiTools(wrapper),
    experimental_repairToolCall: repairToolCall(wrapper),
    prompt: "Go on.",
  });

// @ts-expect-error -- an effect is read, write or destroy
aiTools(handler, { needsApproval: ["delete"] });
