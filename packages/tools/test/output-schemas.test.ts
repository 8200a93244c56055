import { ContextMesh } from "@syntha/core";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import {
  type OutputSchema,
  type ToolAnswer,
  type ToolArguments,
  TOOL_NAMES,
  ToolHandler,
  ToolHandlerWrapper,
  type ToolName,
} from "../src/index.ts";
import { defectOf } from "./answer-check.ts";
import { failureOf, fullHandler, resultOf } from "./support.ts";

const handler = fullHandler(new ContextMesh(), "A");

const schemaOf = (tool: ToolName): OutputSchema => {
  const schema = handler.outputSchema(tool);
  if (schema === undefined) throw new Error(`${tool} has no output schema.`);
  return schema;
};

/** An answer of each tool, in an order in which each finds what earlier ones wrote. */
async function answersOfAll(): Promise<ReadonlyMap<ToolName, object>> {
  const mesh = new ContextMesh();
  const [boss, critic] = [fullHandler(mesh, "Boss"), mesh.agent("Critic")];
  const answers = new Map<ToolName, object>();
  const call = async <N extends ToolName>(tool: N, args: ToolArguments[N]) => {
    const answer = await resultOf(boss, tool, args);
    answers.set(tool, answer);
    return answer as Exclude<ToolAnswer<N>, { success: false }>;
  };
  const claim = async (key: string) => {
    const { task } = await call("claim_task", { key });
    if (task === null) throw new Error(`${key} is not available.`);
    return { key, token: task.token };
  };
  await call("subscribe_to_topics", { topics: ["work"] });
  for (const key of ["a", "b", "c"])
    await call("push_context", { key, value: 1, topics: ["work"] });
  await call("edit_context", { key: "a", increment: 2 });
  await call("list_context", {});
  await call("get_context", { keys: ["a"] });
  await call("discover_topics", { include_subscriber_names: true });
  await call("discover_agents", {});
  await call("extend_task", await claim("a"));
  await call("release_task", { ...(await claim("b")), error: "Later." });
  await call("hand_off_task", { ...(await claim("b")), value: 2, topics: ["work"] });
  await call("complete_task", { ...(await claim("b")), result: 3, topics: ["work"] });
  await (await mesh.agent("Boss").claim({ key: "c" }))?.release({ maxAttempts: 1, error: "No." });
  await call("retry_task", { key: "c" });
  const { cursor } = await call("wait_for_changes", { timeout_seconds: 0.001 });
  await call("publish_event", { type: "done", data: 1, topics: ["work"] });
  await call("wait_for_changes", { since: cursor });
  await call("read_events", {});
  const stop = new AbortController();
  const working = critic.work({ inbox: true }, () => ({ good: true }), { signal: stop.signal });
  await call("ask_agent", { agent: "Critic", message: "Good?" });
  stop.abort();
  await working;
  await call("delete_context", { key: "b" });
  await call("manage_subscriptions", { agent: "Critic", add: ["work"] });
  await call("unsubscribe_from_topics", { topics: ["work"] });
  await call("delete_topic", { topic: "work" });
  await mesh.close();
  return answers;
}

describe("output schemas", () => {
  const answers = answersOfAll();

  it.for(TOOL_NAMES)("find each missing and each wrong field: %s", async (tool) => {
    const answer = (await answers).get(tool) as Record<string, unknown>;
    const { properties, required } = schemaOf(tool);
    const defect = (changed: object) => defectOf(schemaOf(tool), { ...answer, ...changed });
    expect(defect({})).toBeUndefined();
    expect(required).toContain("success");
    for (const name of required) {
      const { [name]: _, ...rest } = answer;
      expect(defectOf(schemaOf(tool), rest)).toContain(`required property '${name}'`);
      const isAnyJson = Object.keys(properties[name] ?? {}).length === 0;
      expect(defect({ [name]: Symbol("wrong") }) === undefined).toBe(isAnyJson);
    }
    expect(defect({ success: false })).toContain("success");
    expect(defect({ ignored_arguments: ["thought"] })).toBeUndefined();
    expect(defect({ unknown: 1 })).toContain("additional properties");
  });

  it.for(TOOL_NAMES)("are valid in every draft that clients use: %s", async (tool) => {
    const answer = (await answers).get(tool);
    const options = {
      strict: true,
      allowUnionTypes: true,
      formats: { "date-time": true },
    } as const;
    for (const ajv of [new Ajv2020(options), new Ajv(options)]) {
      const isValid = ajv.compile(schemaOf(tool));
      expect(isValid(answer)).toBe(true);
      // A field of a later version.
      expect(isValid({ ...answer, later: 1 })).toBe(true);
    }
  });

  it("find a wrong part of an answer", async () => {
    const answer = (await answers).get("get_context");
    const meta = (changed: object) =>
      defectOf(schemaOf("get_context"), { ...answer, meta: { a: changed } });
    expect(meta({ author: null, revision: 1 })).toBeUndefined();
    expect(meta({ author: null })).toContain("required property 'revision'");
    expect(meta({ author: null, revision: 0.5 })).toContain("integer");
    expect(meta({ author: null, revision: 1, state: "open" })).toContain("allowed values");
    expect(meta({ author: null, revision: 1, owner: "A" })).toContain("additional properties");
  });

  it("are for answers to calls that succeeded", async () => {
    const failure = await failureOf(handler, "delete_context", { key: "none" });
    expect(defectOf(schemaOf("delete_context"), failure)).toContain("success");
  });

  it("have no name of a draft, and only objects that allow more", () => {
    for (const tool of TOOL_NAMES) {
      expect(Object.keys(schemaOf(tool))).toEqual(["type", "properties", "required"]);
      const text = JSON.stringify(schemaOf(tool));
      expect(text).not.toMatch(/"additionalProperties":false|\$|readOnly|9007199254740991/);
    }
  });

  it("are found by the handler's names, also of tools that are not available", () => {
    const agent = new ContextMesh().agent("A");
    const prefixed = new ToolHandler(agent, { prefix: "mesh_", role: "readonly" });
    expect(prefixed.outputSchema("mesh_delete_topic")).toEqual(schemaOf("delete_topic"));
    for (const name of ["delete_topic", "mesh_", "mesh_toString", ""])
      expect(prefixed.outputSchema(name)).toBeUndefined();
    class Wrapper extends ToolHandlerWrapper {
      protected override answer(): Promise<ToolAnswer> {
        throw new Error("No call.");
      }
    }
    const wrapper = new Wrapper(prefixed);
    expect(wrapper.outputSchema("mesh_get_context")).toEqual(schemaOf("get_context"));
    expect(wrapper.outputSchema("get_context")).toBeUndefined();
  });

  it("are new objects for each caller", () => {
    const before = schemaOf("get_context");
    const schema = schemaOf("get_context");
    schema.required.pop();
    for (const property of Object.values(schema.properties)) property.type = "null";
    expect(schemaOf("get_context")).toEqual(before);
  });

  it("are no part of definitions, which adapters send", () => {
    for (const definition of handler.tools())
      expect(Object.keys(definition)).toEqual([
        "name",
        "description",
        "effect",
        "toolset",
        "parameters",
      ]);
  });
});
