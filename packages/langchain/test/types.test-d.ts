import type { StructuredToolInterface } from "@langchain/core/tools";
import type { BaseStore } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { ContextMesh } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import { type AgentMiddleware, createAgent, type InterruptOnConfig } from "langchain";
import { expectTypeOf } from "vitest";
import * as z from "zod";
import { SynthaStore } from "../src/store/index.ts";
import {
  interruptOn,
  preserveInvalidToolCalls,
  langchainTools,
  meshMiddleware,
} from "../src/index.ts";

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
preserveInvalidToolCalls(handler, await bound.invoke("Hello."));

// @ts-expect-error No such effect.
interruptOn(handler, ["delete"]);
// @ts-expect-error A mesh is no handler.
langchainTools(mesh);

const store = new SynthaStore(mesh.agent("A"), { route: { global: true }, ttl: "7d" });
createAgent({ model, tools, store });
store satisfies BaseStore;
const typed = new ContextMesh({ schema: { items: { "store/*": z.object({ n: z.number() }) } } });
void new SynthaStore(typed.system);
await store.put(["a"], "k", { n: 1 }, undefined, { ttl: "1h" });
const found = await store.search(["a"], { filter: { n: { $gte: 1 } } });
expectTypeOf(found[0]?.createdAt).toEqualTypeOf<Date | undefined>();

// @ts-expect-error A bare number would be minutes in other stores.
await store.put(["a"], "k", {}, undefined, { ttl: 60 });
// @ts-expect-error No such option.
void new SynthaStore(mesh.system, { perfix: "a/" });
