import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { ToolHandler } from "../src/index.ts";
import { codeOf, failureOf, fullHandler, pagesOf, resultOf } from "./support.ts";

const MAX_RESULT_BYTES = 16 * 1_024;

/** Values of many sizes under various names; four of them exceed a result. */
async function meshWithManyItems() {
  const mesh = new ContextMesh();
  const keys: string[] = [];
  for (let i = 0; i < 300; i++) {
    const name = ["k", "ключ", "\u0001\u0002", "😀", "\uffee"][i % 5] ?? "";
    const key = i % 7 === 0 ? `${name.repeat(20)}${i}`.padEnd(60, "x") : `${name}${i}`;
    const size = i % 75 === 74 ? 20_000 : (i * 37) % 900;
    await mesh.system.push(key, { text: "ü".repeat(size / 2), i }, { global: true });
    keys.push(key);
  }
  return { mesh, keys, reader: fullHandler(mesh, "Reader") };
}

describe("results that are too large", () => {
  it("return each key once, page by page, untruncated", async () => {
    const { mesh, keys, reader } = await meshWithManyItems();
    const context = new Map<string, unknown>();
    const tooLarge: string[] = [];
    for (const result of await pagesOf(reader, "get_context", {}, MAX_RESULT_BYTES)) {
      for (const [key, value] of Object.entries(result.context)) {
        expect(context.has(key)).toBe(false);
        context.set(key, value);
      }
      expect(Object.keys(result.meta)).toEqual(Object.keys(result.context));
      tooLarge.push(...result.too_large);
      expect(result.hint !== undefined).toBe(
        result.too_large.length > 0 || result.next_page !== null,
      );
    }
    expect([...context.keys(), ...tooLarge].toSorted()).toEqual(keys.toSorted());
    expect(tooLarge).toHaveLength(4);
    for (const key of tooLarge) {
      const whole = await resultOf(reader, "get_context", { keys: [key] });
      expect(whole.context[key]).toEqual(await mesh.system.get(key));
    }
  });

  it("return named keys page by page, in their order", async () => {
    const { keys, reader } = await meshWithManyItems();
    const asked = [...keys.slice(0, 80).toReversed(), "missing:1", "missing:2"];
    const [given, missing, tooLarge]: string[][] = [[], [], []];
    const args = { keys: asked };
    for (const result of await pagesOf(reader, "get_context", args, MAX_RESULT_BYTES)) {
      given!.push(...Object.keys(result.context));
      missing!.push(...result.keys_missing);
      tooLarge!.push(...result.too_large);
    }
    expect([...given!, ...tooLarge!].toSorted()).toEqual(keys.slice(0, 80).toSorted());
    expect(missing).toEqual(["missing:1", "missing:2"]);
    expect(tooLarge).toHaveLength(1);
  });

  it.each([false, true])("list keys page by page, by topic: %s", async (by_topic) => {
    const mesh = new ContextMesh();
    const topics = Array.from({ length: 400 }, (_, i) => `topic-${i}-${"t".repeat(40)}`);
    await mesh.agent("Reader").subscribe(topics);
    for (let i = 0; i < 400; i++)
      await mesh.system.push(`${"k".repeat(i % 200)}${i}`, i, { topics: topics.slice(i, i + 3) });
    const reader = fullHandler(mesh, "Reader");
    const keys: string[] = [];
    const args = { by_topic };
    for (const result of await pagesOf(reader, "list_context", args, MAX_RESULT_BYTES)) {
      expect(result.topics_subscribed_total).toBe(400);
      const grouped = Object.values(result.keys_by_topic ?? { all: result.keys }).flat();
      expect(new Set(grouped)).toEqual(new Set(result.keys));
      keys.push(...result.keys);
    }
    expect(keys).toEqual(await mesh.agent("Reader").keys());
  });

  it("list topics page by page, and name those that are too large", async () => {
    const mesh = new ContextMesh();
    const names = Array.from(
      { length: 500 },
      (_, i) => `${["t", "тема", "😀", "\uffee"][i % 4]}:${i}`,
    );
    await mesh.agent("A").subscribe(names);
    for (let i = 0; i < 700; i++)
      await mesh.agent(`agent-with-a-long-name-${i}`).subscribe(["t:0"]);
    const reader = fullHandler(mesh, "Reader");
    const [seen, tooLarge]: string[][] = [[], []];
    const args = { include_subscriber_names: true };
    for (const result of await pagesOf(reader, "discover_topics", args, MAX_RESULT_BYTES)) {
      expect(result.total_topics).toBe(500);
      seen!.push(...Object.keys(result.topics));
      tooLarge!.push(...(result.too_large ?? []));
    }
    expect(seen!.toSorted()).toEqual(names.toSorted());
    expect(tooLarge).toEqual(["t:0"]);
  });

  it("continue after the last key while keys change", async () => {
    const mesh = new ContextMesh();
    for (let i = 100; i < 300; i++)
      await mesh.system.push(`k${i}`, "x".repeat(300), { global: true });
    const reader = new ToolHandler(mesh.agent("Reader"), { maxResultBytes: 4_096 });
    const first = await resultOf(reader, "get_context");
    const last = Object.keys(first.context).at(-1) ?? "";
    await mesh.system.delete(last);
    await mesh.system.delete("k100");
    await mesh.system.push("k000", "early", { global: true });
    const second = await resultOf(reader, "get_context", { page: first.next_page });
    expect(Object.keys(second.context)[0]).toBe(`k${Number(last.slice(1)) + 1}`);
  });

  it("refuse invalid page tokens with a hint", async () => {
    const { reader } = await meshWithManyItems();
    const calls: [tool: string, args: object][] = [
      ["get_context", { page: "p1.%%%" }],
      ["get_context", { page: "k1.0" }],
      ["get_context", { keys: ["a", "b"], page: "k1.2" }],
      ["get_context", { keys: ["a"], page: "p1.YQ" }],
      ["list_context", { page: "p1" }],
      ["list_context", { page: "p1.gICA" }],
      ["discover_topics", { page: "p1.YQ" }],
    ];
    for (const [tool, args] of calls) {
      const refused = await failureOf(reader, tool, args);
      expect(refused.code).toBe("INVALID_CURSOR");
      expect(refused.hint).toMatch(/^Start over: call \w+ with page null\.$/);
    }
    expect(await codeOf(reader, "get_context", { keys: ["a"], prefix: "b" })).toBe(
      "INVALID_ARGUMENTS",
    );
  });
});
