import { Agent, type FunctionTool, type Tool } from "@openai/agents";
import { ContextMesh } from "@syntha/core";
import { type ParametersSchema, ToolHandler } from "@syntha/tools";
import OpenAI from "openai";
import { standardFunction } from "openai/helpers/standard-schema";
import { zodFunction } from "openai/helpers/zod";
import { toResponseInputItems } from "openai/lib/responses/ResponseInputItems";
import { expectTypeOf } from "vitest";
import * as z from "zod";
import { agentTools } from "../src/agents/index.ts";
import { answerResponse, ownTools, responseTools, runnableTools } from "../src/index.ts";

const client = new OpenAI();
const handler = new ToolHandler(new ContextMesh().agent("A"));
const prefixed = new ToolHandler(new ContextMesh().agent("A"), { prefix: "mesh_" });
const model = "gpt";

// What the oldest SDK of the peer range lacks: zod 4, contexts, histories of items.
const Add = z.object({ a: z.number() });
const add = ({ a }: z.output<typeof Add>) => a;
const zod = zodFunction({ name: "add", parameters: Add, function: add });
const standard = standardFunction({ name: "add", parameters: Add, function: add });
const mine = runnableTools(handler);
client.chat.completions.runTools({ model, messages: [], tools: [...mine, zod, standard] });
client.chat.completions.runTools({ model, messages: [], tools: mine, toolContext: { user: "u" } });
ownTools([zod, standard]);
const response = await client.responses.create({ model, tools: responseTools(handler) });
const answers = await answerResponse(handler, response);
const input = [...toResponseInputItems(response.output), ...answers];
await client.responses.create({ model, input });

// Agents, whatever their context is.
expectTypeOf(agentTools(handler)).toEqualTypeOf<
  FunctionTool<unknown, ParametersSchema, string>[]
>();
expectTypeOf(agentTools(handler)).toExtend<Tool<{ user: string }>[]>();
void new Agent<{ user: string }>({
  name: "A",
  tools: agentTools(prefixed, { needsApproval: ["write", "destroy"] }),
});
// @ts-expect-error No such effect.
agentTools(handler, { needsApproval: ["push_context"] });
