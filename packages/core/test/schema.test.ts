import {
  ContextMesh,
  isSynthaError,
  MemoryStorage,
  type MeshSchema,
  type StandardSchema,
} from "@syntha/core";
import * as v from "valibot";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { codeFrom, codeOf } from "./support/code-of.ts";

function meshOf<const S extends MeshSchema>(schema: S): ContextMesh<S> {
  const mesh = new ContextMesh({ schema });
  onTestFinished(() => mesh.close());
  return mesh;
}

/** A number, by a schema that takes its time. */
const issues = [{ message: "is no number", path: [{ key: "deep" }, 0] }];
const slowNumber: StandardSchema<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    async validate(value) {
      await new Promise((resolve) => void setTimeout(resolve, 1));
      return typeof value === "number" ? { value } : { issues };
    },
  },
};

const LIBRARIES: [string, StandardSchema<{ title: string }>][] = [
  ["Zod", z.object({ title: z.string().min(1) })],
  ["Valibot", v.object({ title: v.pipe(v.string(), v.minLength(1)) })],
];

describe.each(LIBRARIES)("a mesh with a schema of %s", (_, task) => {
  const schema = {
    items: { "task:*": task, summary: task },
    topics: ["work"],
    events: { done: task },
  } as const;

  it("accepts valid values", async () => {
    const { system } = meshOf(schema);
    await system.push("task:1", { title: "write" }, { topics: ["work"] });
    await system.push("summary", { title: "all" }, { global: true });
    await system.publish("done", { title: "write" }, { topics: ["work"] });
    const [summary, first] = [{ title: "all" }, { title: "write" }];
    expect(await system.getAll()).toEqual({ summary, "task:1": first });
  });

  it("refuses invalid values, with their paths", async () => {
    const { system } = meshOf(schema);
    await expect(system.push("task:1", { title: "" }, { global: true })).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
      details: { key: "task:1", issues: [{ path: "$.title" }] },
    });
    expect(await system.keys()).toEqual([]);
  });

  it("checks every kind of write", async () => {
    const { system } = meshOf(schema);
    await system.push("task:1", { title: "write" }, { topics: ["work"] });
    const bad = { title: 5 } as unknown as { title: string };
    const lease = await system.claim({ key: "task:1" });
    const events = [{ type: "done" as const, data: bad, global: true }];
    const calls = [
      system.push("task:1", bad),
      system.pushMany([
        { key: "summary", value: { title: "fine" }, global: true },
        { key: "task:2", value: bad, global: true },
      ]),
      system.update("task:1", () => bad),
      system.publish("done", bad, { global: true }),
      lease?.complete(bad) as Promise<unknown>,
      lease?.complete({ title: "fine" }, { events }) as Promise<unknown>,
    ];
    for (const code of await Promise.all(calls.map(codeFrom))) expect(code).toBe("SCHEMA_MISMATCH");
    expect(await system.getAll()).toEqual({ "task:1": { title: "write" } });
    expect((await system.events()).events).toEqual([]);
  });

  it("refuses other keys, topics and events", async () => {
    const { system } = meshOf(schema as MeshSchema);
    const calls = [
      system.push("other", 1, { global: true }),
      system.push("Task:1", 1, { global: true }),
      system.push("task:1", { title: "write" }, { topics: ["play"] }),
      system.publish("begun", { title: "write" }, { topics: ["work"] }),
    ];
    for (const code of await Promise.all(calls.map(codeFrom))) expect(code).toBe("SCHEMA_MISMATCH");
  });
});

describe("a schema", () => {
  it("stores the value that it returns", async () => {
    const { system } = meshOf({ items: { count: z.coerce.number().default(7) } });
    await system.push("count", "5", { global: true });
    expect(await system.get("count")).toBe(5);
  });

  it("applies by exact key, then by longest prefix", async () => {
    const mesh = meshOf({
      items: {
        "a:*": z.literal("a"),
        "a:b:*": z.literal("b"),
        "a:b:c": z.literal("c"),
        "*": z.literal("*"),
      },
    } as MeshSchema);
    const keys = { "a:1": "a", "a:b:1": "b", "a:b:c": "c", "a:b": "a", z: "*" };
    for (const [key, value] of Object.entries(keys)) {
      await mesh.system.push(key, value, { global: true });
      expect(await codeFrom(mesh.system.push(key, "wrong"))).toBe("SCHEMA_MISMATCH");
    }
  });

  it("may be asynchronous, with the value at the time of the call", async () => {
    const { system } = meshOf({ items: { "slow:*": slowNumber, list: z.array(z.number()) } });
    const list = [1];
    const pushed = system.pushMany([
      { key: "slow:1", value: 1, global: true },
      { key: "list", value: list, global: true },
    ]);
    list.push(2);
    await pushed;
    expect(await system.getAll()).toEqual({ list: [1], "slow:1": 1 });
    const refused = system.push("slow:2", "x" as unknown as number, { global: true });
    await expect(refused).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
      details: { issues: [{ path: "$.deep.0", message: "is no number" }] },
    });
  });

  it("refuses a result that JSON can't represent", async () => {
    const { system } = meshOf({ items: { at: z.coerce.date() } });
    const pushed = system.push("at", 0 as unknown as Date, { global: true });
    expect(await codeFrom(pushed)).toBe("INVALID_VALUE");
  });

  it("allows a wildcard only at the end of a key", () => {
    const schema = { items: { "a:*:b": z.string() } };
    expect(codeOf(() => new ContextMesh({ schema }))).toBe("INVALID_ARGUMENTS");
  });

  it("lists its keys in the error for another key", async () => {
    const { system } = meshOf({ items: { "task:*": z.string(), note: z.string() } } as MeshSchema);
    const error: unknown = await system.push("nota", "x", { global: true }).catch((each) => each);
    expect(isSynthaError(error) && error.hint).toContain("note, task:*");
  });
});

describe("topics with key patterns", () => {
  const schema = {
    items: { "task:*": z.object({ title: z.string() }), summary: z.string() },
    topics: { work: "task:*", board: ["summary", "task:done:*"], chat: "*" },
    events: { done: z.boolean() },
  } as const;
  const task = { title: "write" };

  it("accept matching items, and any event", async () => {
    const { system } = meshOf(schema);
    await system.push("task:1", task, { topics: ["work", "chat"] });
    await system.push("task:done:1", task, { topics: ["work", "board"] });
    await system.push("summary", "all", { topics: ["board", "chat"] });
    await system.publish("done", true, { topics: ["work", "board"] });
    expect(await system.keysByTopic()).toEqual({
      board: ["summary", "task:done:1"],
      chat: ["summary", "task:1"],
      work: ["task:1", "task:done:1"],
    });
  });

  it("refuse other items in every call", async () => {
    const { system } = meshOf(schema);
    await system.push("task:1", task, { topics: ["work"] });
    const calls: Record<string, () => Promise<unknown>> = {
      push: () => system.push("summary", "all", { topics: ["chat", "work"] }),
      "another route": () => system.push("task:1", task, { topics: ["board"] }),
      pushMany: () => system.pushMany([{ key: "summary", value: "all", topics: ["work"] }]),
      update: () => system.update("summary", () => "all", { topics: ["work"] }),
      complete: async () => {
        const lease = await system.claim({ key: "task:1" });
        await lease?.complete(task, { topics: ["board"] });
      },
    };
    for (const [name, call] of Object.entries(calls))
      expect([name, await codeFrom(call())]).toEqual([name, "SCHEMA_MISMATCH"]);
    const error: unknown = await calls["push"]!().catch((each: unknown) => each);
    expect(error).toMatchObject({
      message: 'The topic "work" has no items with the key "summary".',
      hint: "Its items in the mesh's schema: task:*.",
      details: { key: "summary" },
    });
    expect(await system.keys()).toEqual(["task:1"]);
  });

  it("use the default route for matching items only", async () => {
    const mesh = new ContextMesh({ schema, defaultRoute: { topics: ["work"] } });
    onTestFinished(() => mesh.close());
    const { system } = mesh;
    await system.push("task:1", task);
    expect((await system.getItem("task:1"))?.topics).toEqual(["work"]);
    expect(await codeFrom(system.push("summary", "all"))).toBe("ROUTE_REQUIRED");
    await system.push("summary", "all", { topics: ["board"] });
    await system.push("summary", "more");
    expect((await system.getItem("summary"))?.topics).toEqual(["board"]);
  });

  it.each([
    ["a number", { work: 5 }],
    ["an empty list", { work: [] }],
    ["an open beginning", { work: "*:task" }],
    ["no name", { "": "task:*" }],
    ["no table", 5],
  ])("are refused where a pattern is %s", (_, topics) => {
    const schema = { topics: topics as never };
    expect(codeOf(() => new ContextMesh({ schema }))).toBe("INVALID_ARGUMENTS");
  });
});

describe("a schema that changes values", () => {
  const cents = z.number().transform((price) => Math.round(price * 100));
  const marked = z.array(z.string().transform((text) => `[${text}]`));
  const trimmed = z.object({ name: z.string().trim(), tag: z.string().default("none") });
  const schema = { items: { price: cents, marked, trimmed } } as const;

  it("leaves a restored value as it was", async () => {
    const { system } = meshOf(schema);
    const { revision } = await system.push("price", 1.5, { global: true });
    await system.push("price", 9);
    await system.restore("price", revision);
    expect(await system.get("price")).toBe(150);
    await system.delete("price");
    await system.restore("price", revision);
    expect(await system.get("price")).toBe(150);
  });

  it("is not applied twice to the part of a value that an edit keeps", async () => {
    const { system } = meshOf(schema);
    await system.push("price", 1.5, { global: true });
    await system.push("marked", ["a"], { global: true });
    const calls = [() => system.increment("price"), () => system.append("marked", "b")];
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({
        code: "SCHEMA_MISMATCH",
        hint: expect.stringContaining("update"),
      });
    expect([await system.get("price"), await system.get("marked")]).toEqual([150, ["[a]"]]);
  });

  it("is applied to what an edit creates", async () => {
    const { system } = meshOf(schema);
    expect((await system.increment("price", 1.5, { global: true })).value).toBe(150);
    expect((await system.append("marked", "a", { global: true })).value).toEqual(["[a]"]);
  });

  it("may have come after the stored value, and add members", async () => {
    const storage = new MemoryStorage();
    const before = new ContextMesh({ storage });
    onTestFinished(() => before.close());
    await before.system.push("trimmed", { name: "Ann" }, { global: true });
    const mesh = new ContextMesh({ storage, schema });
    onTestFinished(() => mesh.close());
    const { value } = await mesh.system.merge("trimmed", { name: "Bea" });
    expect(value).toEqual({ name: "Bea", tag: "none" });
  });

  it("is no reason to restore a key that it does not have", async () => {
    const storage = new MemoryStorage();
    const before = new ContextMesh({ storage });
    onTestFinished(() => before.close());
    const { revision } = await before.system.push("junk", 1, { global: true });
    await before.system.delete("junk");
    const mesh = new ContextMesh({ storage, schema });
    onTestFinished(() => mesh.close());
    expect(await codeFrom(mesh.system.restore("junk" as never, revision))).toBe("SCHEMA_MISMATCH");
  });

  it("completes what an edit writes, where that does not change it again", async () => {
    const { system } = meshOf(schema);
    await system.push("trimmed", { name: "Ann" }, { global: true });
    const { value } = await system.merge("trimmed", { name: " Bea " });
    expect(value).toEqual({ name: "Bea", tag: "none" });
    expect(await system.get("trimmed")).toEqual(value);
  });
});

describe("code of the user that throws while a value is written", () => {
  const throwing = (error: unknown): StandardSchema<number> => ({
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => {
        throw error;
      },
    },
  });
  const rejecting: StandardSchema<number> = {
    "~standard": { version: 1, vendor: "test", validate: () => Promise.reject(new Error("slow")) },
  };

  it("is reported as a mismatch, with its cause", async () => {
    const boom = new TypeError("boom");
    const items = { thrown: throwing(boom), text: throwing("only text"), rejected: rejecting };
    const { system } = meshOf({ items, events: { thrown: throwing(boom) } });
    const failed = { code: "SCHEMA_MISMATCH", retryable: false };
    await expect(system.push("thrown", 1, { global: true })).rejects.toMatchObject({
      ...failed,
      message: 'The schema of "thrown" failed: boom',
      cause: boom,
    });
    await expect(system.push("text", 1, { global: true })).rejects.toMatchObject(failed);
    await expect(system.push("rejected", 1, { global: true })).rejects.toMatchObject(failed);
    await expect(system.publish("thrown", 1, { global: true })).rejects.toMatchObject(failed);
    expect(await system.keys()).toEqual([]);
  });

  it("leaves no unhandled rejection where the call is refused for another reason", async () => {
    const rejections: unknown[] = [];
    const onRejection = (error: unknown): void => void rejections.push(error);
    process.on("unhandledRejection", onRejection);
    onTestFinished(() => void process.off("unhandledRejection", onRejection));
    const mesh = new ContextMesh({ schema: { items: { "*": rejecting } } });
    const route = { global: true } as const;
    const calls = [
      () => mesh.system.push("it", 1, { ...route, ifRevisions: { it: -1 } }),
      () =>
        mesh.system.pushMany([
          { key: "it", value: 1, ...route },
          { key: "", value: 1 },
        ]),
      async () => {
        await mesh.close();
        await mesh.system.push("it", 1, route);
      },
    ];
    const codes: string[] = [];
    for (const call of calls) codes.push(await codeFrom(call()));
    expect(codes).toEqual(["INVALID_ARGUMENTS", "INVALID_ARGUMENTS", "CLOSED"]);
    await new Promise((resolve) => void setTimeout(resolve, 5));
    expect(rejections).toEqual([]);
  });

  it("is reported as an invalid value, where a property can't be read", async () => {
    const mesh = new ContextMesh();
    onTestFinished(() => mesh.close());
    const getter = {
      get secret(): never {
        throw new Error("not yours");
      },
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    for (const value of [getter, [getter], revoked.proxy])
      await expect(mesh.system.push("it", value, { global: true })).rejects.toMatchObject({
        code: "INVALID_VALUE",
        details: { path: "$" },
      });
  });
});
