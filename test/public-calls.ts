import * as aiSdk from "@syntha/ai-sdk";
import * as anthropic from "@syntha/anthropic";
import * as core from "@syntha/core";
import * as testing from "@syntha/core/testing";
import * as langchain from "@syntha/langchain";
import * as store from "@syntha/langchain/store";
import * as openai from "@syntha/openai";
import * as agents from "@syntha/openai/agents";
import * as prompts from "@syntha/prompts";
import * as tokenizer from "@syntha/prompts/tokenizer";
import * as resilience from "@syntha/resilience";
import * as durableObjects from "@syntha/storage-durable-objects";
import * as postgres from "@syntha/storage-postgres";
import * as sqlite from "@syntha/storage-sqlite";
import * as nodeSqlite from "@syntha/storage-sqlite/node-sqlite";
import * as telemetry from "@syntha/telemetry";
import * as tools from "@syntha/tools";

/** Every module that users import, by its name. */
const MODULES: Readonly<Record<string, object>> = {
  core,
  "core/testing": testing,
  tools,
  prompts,
  "prompts/tokenizer": tokenizer,
  openai,
  "openai/agents": agents,
  anthropic,
  "ai-sdk": aiSdk,
  langchain,
  "langchain/store": store,
  "storage-sqlite": sqlite,
  "storage-sqlite/node-sqlite": nodeSqlite,
  "storage-durable-objects": durableObjects,
  "storage-postgres": postgres,
  resilience,
  telemetry,
};

/** Every function, constructor and method that users can call, such as `core: AgentContext.push`. */
export async function publicCalls(): Promise<string[]> {
  const found = Object.entries(MODULES).flatMap(([module, exports]) =>
    Object.entries(exports).flatMap(([name, value]) =>
      typeof value === "function" ? callsOf(value, name).map((call) => `${module}: ${call}`) : [],
    ),
  );
  for (const [name, object] of Object.entries(await objectsInstead()))
    found.push(...methodsOf(object).map((method) => `core: ${name}.${method}`));
  return found;
}

function callsOf(value: object, name: string): string[] {
  const isClass = Function.prototype.toString.call(value).startsWith("class");
  if (!isClass) return [name];
  const { prototype } = value as { readonly prototype: object };
  return [`new ${name}`, ...methodsOf(prototype).map((method) => `${name}.${method}`)];
}

function methodsOf(object: object): string[] {
  const names = new Set<string>();
  for (let each: object = object; each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(each)))
      if (name !== "constructor" && typeof value === "function") names.add(name);
  }
  return [...names];
}

/** What core gives out whose classes it does not export. */
async function objectsInstead(): Promise<Record<string, object>> {
  const mesh = new core.ContextMesh();
  const agent = mesh.agent("Ann");
  await agent.push("it", 1, { global: true });
  const lease = await agent.claim({ key: "it" });
  const watch = agent.watch();
  const objects = {
    AgentContext: agent,
    SystemContext: mesh.system,
    Lease: lease!,
    LeaseHandle: agent.lease("it", lease!.token),
    Watch: watch,
    Federation: core.federate({ ann: agent }),
  };
  await mesh.close();
  return objects;
}
