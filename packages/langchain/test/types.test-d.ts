import type { StructuredToolInterface } from "@langchain/core/tools";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { ContextMesh } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import { type AgentMiddleware, createAgent, type InterruptOnConfig } from "langchain";
import { expectTypeOf } from "vitest";
import { interruptOn, keepBrokenCalls, langchainTools, meshMiddleware } from "../src/index.ts";

const mesh = new ContextMesh();
const handler = new ToolHandler(mesh.agent("A"), { prefix: "mesh_" });
const model = new ChatOpenAI({ model: "any" });
const tools = langchainTools(handler);

expectTypeOf(tools).toExtend<StructuredToolInterface[]>();
meshMiddleware(handler) satisfies AgentMiddleware;
expectTypeOf(interruptOn(handler, ["write", "destroy"])).toExtend<
  Record<string, boolean | InterruptOnConfig>
>();
createAgent({ model, tools, middleware: [meshMiddleware(handler)] });
void new ToolNode(tools);
const bound = model.bindTools(tools, { strict: true });
keepBrokenCalls(handler, await bound.invoke("Hello."));

// @ts-expect-error No such effect.
interruptOn(handler, ["delete"]);
// @ts-expect-error A mesh is no handler.
langchainTools(mesh);
