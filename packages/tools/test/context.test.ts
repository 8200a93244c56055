import { ContextMesh } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { MemoryStorage } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { ToolHandler } from "../src/index.ts";
import { codeOf, failureOf, fullHandler, resultOf } from "./support.ts";

const setUp = () => {
  const mesh = new ContextMesh();
  return { mesh, writer: fullHandler(mesh, "Writer"), reader: fullHandler(mesh, "Reader") };
};

describe("context tools", () => {
  it("shows a late subscriber existing values and their author", async () => {
    const { writer, reader } = setUp();
    const inquiry = { key: "inquiry", value: "hi", topics: ["support"] };
    const pushed = await resultOf(writer, "push_context", inquiry);
    expect(pushed).toMatchObject({
      key: "inquiry",
      revision: 1,
      topics_without_subscribers: ["support"],
      expires_at: null,
    });
    expect(pushed.hint).toContain("discover_topics");
    const nothing = await resultOf(reader, "get_context");
    expect(nothing.context).toEqual({});
    await resultOf(reader, "subscribe_to_topics", { topics: ["support"] });
    expect(await resultOf(reader, "get_context")).toEqual({
      success: true,
      context: { inquiry: "hi" },
      meta: { inquiry: { author: "Writer", revision: 1 } },
      too_large: [],
      keys_missing: [],
      next_page: null,
    });
  });

  const strings: [text: string, stored: unknown][] = [
    ['{"customer":"BigCo","value":100000}', { customer: "BigCo", value: 100_000 }],
    [' \n[1,"2",null]', [1, "2", null]],
    ["00123842", "00123842"],
    ["12345678901234567890", "12345678901234567890"],
    ["1.10", "1.10"],
    ["true", "true"],
    ["null", "null"],
    ['"quoted"', '"quoted"'],
    ["", ""],
    ["[urgent] call 12345678901234567890", "[urgent] call 12345678901234567890"],
    ["{not json}", "{not json}"],
    ['{"id":"12345678901234567890","rate":1e30}', { id: "12345678901234567890", rate: 1e30 }],
    ["a\u0000b \ud800", "a\u0000b \ud800"],
  ];
  it.each(strings)("stores the text %j as %j", async (text, stored) => {
    const { mesh, writer } = setUp();
    await resultOf(writer, "push_context", { key: "k", value: text, global: true });
    expect(await mesh.system.get("k")).toEqual(stored);
  });

  it("accepts any JSON value, also null", async () => {
    const { mesh, writer } = setUp();
    for (const value of [null, 5, false, { a: [null] }, ['{"a":1}']]) {
      await resultOf(writer, "push_context", { key: "k", value, global: true });
      expect(await mesh.system.get("k")).toEqual(value);
    }
  });

  it("applies ttl_hours, or else the handler's defaultTtl", async () => {
    const clock = manualClock();
    const mesh = new ContextMesh({ storage: new MemoryStorage({ clock }) });
    const plain = fullHandler(mesh, "Plain");
    const brief = fullHandler(mesh, "Brief", { defaultTtl: "30m" });
    const call = { value: "x", global: true };
    const forGood = await resultOf(plain, "push_context", { ...call, key: "a" });
    expect(forGood.expires_at).toBeNull();
    const hours = await resultOf(brief, "push_context", { ...call, key: "b", ttl_hours: 1.5 });
    expect(hours.expires_at).toBe("2030-01-01T01:30:00.000Z");
    const byDefault = await resultOf(brief, "push_context", { ...call, key: "c", ttl_hours: null });
    expect(byDefault.expires_at).toBe("2030-01-01T00:30:00.000Z");
    clock.advance("1h");
    expect(await resultOf(plain, "list_context")).toMatchObject({ keys: ["a", "b"] });
  });

  it("writes only at if_revision, and hints at the current revision", async () => {
    const { writer } = setUp();
    const call = { key: "plan", global: true };
    await resultOf(writer, "push_context", { ...call, value: "1", if_revision: 0 });
    const taken = await failureOf(writer, "push_context", { ...call, value: "2", if_revision: 0 });
    expect(taken.code).toBe("CONFLICT");
    const hint = 'Call get_context with keys ["plan"], then call push_context with if_revision 1.';
    expect(taken.hint).toBe(hint);
    await resultOf(writer, "push_context", { key: "plan", value: "2", if_revision: 1 });
    const other = await failureOf(writer, "push_context", { key: "new", value: 2, if_revision: 7 });
    expect(other.hint).toContain("if_revision 0");
  });

  it("lets only the owner re-route or delete, and every reader write", async () => {
    const { writer, reader } = setUp();
    await resultOf(writer, "push_context", { key: "plan", value: "1", subscribers: ["Reader"] });
    await resultOf(reader, "push_context", { key: "plan", value: "2" });
    const wide = await failureOf(reader, "push_context", { key: "plan", value: "3", global: true });
    expect(wide).toMatchObject({ code: "NOT_OWNER", retry: "corrected_call" });
    expect(wide.hint).toContain("topics, subscribers and global null");
    expect(await codeOf(reader, "delete_context", { key: "plan" })).toBe("NOT_OWNER");
    expect(await resultOf(writer, "get_context", { keys: ["plan"] })).toMatchObject({
      context: { plan: "2" },
      meta: { plan: { author: "Reader", revision: 2 } },
    });
    expect(await resultOf(writer, "delete_context", { key: "plan" })).toEqual({
      success: true,
      key: "plan",
    });
  });

  it("answers for an unseen item as for a missing one, except KEY_TAKEN", async () => {
    const { writer, reader } = setUp();
    await resultOf(writer, "push_context", { key: "secret", value: "1", subscribers: ["Boss"] });
    for (const key of ["secret", "nothing"]) {
      const read = await resultOf(reader, "get_context", { keys: [key] });
      expect(read).toMatchObject({ context: {}, meta: {}, keys_missing: [key] });
      const deleted = await failureOf(reader, "delete_context", { key });
      expect(deleted).toEqual({
        success: false,
        code: "NOT_FOUND",
        error: `There is no key "${key}" that you can see.`,
        hint: "Call list_context for the keys that you can see.",
        retry: "corrected_call",
      });
      expect(await resultOf(reader, "claim_task", { key })).toMatchObject({ task: null });
    }
    const secret = { key: "secret", value: "x", global: true };
    const hint = 'Choose another key, such as "Reader/secret".';
    const taken = await failureOf(reader, "push_context", secret);
    expect(taken).toMatchObject({ code: "KEY_TAKEN", hint });
  });

  it("requires an audience for a new key", async () => {
    const { mesh, writer } = setUp();
    const call = { key: "k", value: "v" };
    expect(await codeOf(writer, "push_context", call)).toBe("ROUTE_REQUIRED");
    for (const audience of [
      { topics: [] },
      { subscribers: [] },
      { topics: ["a"], global: true },
      { global: false },
    ]) {
      const refused = await failureOf(writer, "push_context", { ...call, ...audience });
      const isMixed = "global" in audience && audience.global;
      expect(refused.code).toBe(isMixed ? "INVALID_ROUTE" : "ROUTE_REQUIRED");
      expect(refused.hint).toContain("topics");
    }
    expect((await mesh.stats()).revision).toBe(0);
  });

  it("groups keys by the topics that make them visible", async () => {
    const { writer, reader } = setUp();
    await resultOf(reader, "subscribe_to_topics", { topics: ["__proto__", "support"] });
    const push = async (key: string, audience: object) =>
      resultOf(writer, "push_context", { key, value: "x", ...audience });
    await push("a", { topics: ["support", "sales"] });
    await push("b", { topics: ["sales"] });
    await push("c", { global: true });
    await push("d", { topics: ["__proto__", "support"] });
    const listing = await resultOf(reader, "list_context", { by_topic: true });
    expect(listing.keys).toEqual(["a", "c", "d"]);
    expect(listing.topics_subscribed).toEqual(["__proto__", "support"]);
    expect(Object.entries(listing.keys_by_topic ?? {})).toEqual([
      ["support", ["a", "d"]],
      ["other", ["c"]],
      ["__proto__", ["d"]],
    ]);
    expect(await resultOf(reader, "list_context", { topic: "support", prefix: "d" })).toEqual({
      success: true,
      you: "Reader",
      keys: ["d"],
      topics_subscribed: ["__proto__", "support"],
      next_page: null,
    });
  });

  it("keeps keys without a topic apart from those of a topic called other", async () => {
    const { mesh, reader } = setUp();
    const system = new ToolHandler(mesh.system);
    await mesh.system.push("for all", 1, { global: true });
    const groupsOf = async (handler: ToolHandler) =>
      (await resultOf(handler, "list_context", { by_topic: true })).keys_by_topic;
    for (const handler of [reader, system])
      expect(await groupsOf(handler)).toEqual({ other: ["for all"] });
    await mesh.agent("Reader").subscribe(["other"]);
    await mesh.system.push("on topic", 1, { topics: ["other"] });
    for (const handler of [reader, system])
      expect(await groupsOf(handler)).toEqual({ "": ["for all"], other: ["on topic"] });
  });

  it("names the caller in every listing", async () => {
    const { reader } = setUp();
    for (const args of [{}, { topic: "support" }, { prefix: "x", by_topic: true }])
      expect(await resultOf(reader, "list_context", args)).toMatchObject({ you: "Reader" });
  });

  it("explains why an unsubscribed topic shows no keys", async () => {
    const { mesh, writer, reader } = setUp();
    await resultOf(writer, "push_context", { key: "a", value: "x", topics: ["support"] });
    const list = (handler: typeof reader, topic: string) =>
      resultOf(handler, "list_context", { topic });
    expect(await list(reader, "support")).toMatchObject({
      keys: [],
      topic_subscribed: false,
      hint: 'You are not subscribed to "support": call subscribe_to_topics with topics ["support"] to see its keys.',
    });
    const unknown = 'There is no topic "suport" yet.';
    expect((await list(reader, "suport")).hint).toBe(`${unknown} Did you mean "support"?`);
    expect((await list(reader, "weather")).hint).toBe('There is no topic "weather" yet.');
    const noDiscovery = fullHandler(mesh, "NoDiscovery", { deny: ["discover_topics"] });
    expect((await list(noDiscovery, "suport")).hint).toBe(unknown);
    // An agent sees its own items without a subscription.
    expect(await list(writer, "support")).toMatchObject({ keys: ["a"], topic_subscribed: false });
    const lone = fullHandler(mesh, "Lone", { deny: ["subscribe_to_topics"] });
    expect((await list(lone, "support")).hint).toContain("your operator must subscribe you");
    await mesh.setPermissions("Lone", { subscribe: ["sales"] });
    expect((await list(lone, "support")).hint).toContain("do not have permission");
    await resultOf(reader, "subscribe_to_topics", { topics: ["support"] });
    const subscribed = await list(reader, "support");
    expect(subscribed.keys).toEqual(["a"]);
    expect(subscribed).not.toHaveProperty("topic_subscribed");
    expect(subscribed.hint).toBeUndefined();
  });

  it("explains it also for a topic outside of the schema", async () => {
    const mesh = new ContextMesh({ schema: { topics: ["support"] } });
    await mesh.agent("Ann").subscribe(["support"]);
    const reader = new ToolHandler(mesh.agent("Reader"));
    const listing = await resultOf(reader, "list_context", { topic: "suport" });
    expect(listing.hint).toContain('Did you mean "support"?');
  });

  it("offers the nearest visible key for a missing one", async () => {
    const { writer, reader } = setUp();
    const push = (key: string, audience: object) =>
      resultOf(writer, "push_context", { key, value: "x", ...audience });
    for (const key of ["inquiry", "ticket:17:summary", "ticket:17:reply", "plan"])
      await push(key, { global: true });
    await push("secret-plan", { subscribers: ["Boss"] });
    const read = (keys: string[]) => resultOf(reader, "get_context", { keys });
    expect(await read(["inquirry", "plan"])).toMatchObject({
      keys_missing: ["inquirry"],
      did_you_mean: { inquirry: "inquiry" },
    });
    expect((await read(["Inquiry", "ticket:17:sumary", "secret-plam"])).did_you_mean).toEqual({
      Inquiry: "inquiry",
      "ticket:17:sumary": "ticket:17:summary",
    });
    const none = await read(["ticket:18:reply", "weather"]);
    expect(none).not.toHaveProperty("did_you_mean");
    expect(none.hint).toBe("Call list_context for the keys that you can see.");
    expect(await read(["plan"])).not.toHaveProperty("hint");
  });

  it("explains that a prefix without matches is not a pattern", async () => {
    const { writer } = setUp();
    await resultOf(writer, "push_context", { key: "a:*b", value: "x", global: true });
    const hint = 'prefix is plain text, not a pattern: pass "a:".';
    expect(await resultOf(writer, "list_context", { prefix: "a:b*" })).toMatchObject({
      hint: 'prefix is plain text, not a pattern: pass "a:b".',
    });
    const found = await resultOf(writer, "get_context", { prefix: "a:*" });
    expect(found.hint).toBeUndefined();
    const empty = fullHandler(new ContextMesh(), "R");
    for (const tool of ["list_context", "get_context", "discover_topics"] as const)
      expect(await resultOf(empty, tool, { prefix: "a:*" })).toMatchObject({ hint });
  });

  it("keeps the audience if a call names an empty one", async () => {
    const mesh = new ContextMesh({ defaultRoute: { global: true } });
    const [writer, reader] = [fullHandler(mesh, "Writer"), fullHandler(mesh, "Reader")];
    const push = (key: string, audience: object, handler = writer) =>
      [handler, "push_context", { key, value: "x", ...audience }] as const;
    const empty = [
      { topics: [] },
      { subscribers: [] },
      { topics: [], subscribers: [] },
      { topics: "", subscribers: [""], global: null },
      { topics: null, global: false },
      { topics: "[]" },
    ];
    for (const audience of empty) {
      expect(await failureOf(...push("new", audience))).toMatchObject({
        code: "ROUTE_REQUIRED",
        hint: '"new" is new: name its audience by topics, subscribers, or global true. discover_topics lists the topics.',
        retry: "corrected_call",
      });
      expect(await codeOf(...push("new", { ...audience, if_revision: 0 }))).toBe("ROUTE_REQUIRED");
    }
    expect(await mesh.system.keys()).toEqual([]);
    await resultOf(...push("kept", { subscribers: ["Reader"] }));
    await resultOf(...push("hidden", { subscribers: ["Boss"] }));
    for (const audience of empty) {
      await resultOf(...push("kept", audience, reader));
      const item = { subscribers: ["Reader"], global: false, owner: "Writer" };
      expect(await mesh.system.getItem("kept")).toMatchObject(item);
      expect(await codeOf(...push("hidden", audience, reader))).toBe("KEY_TAKEN");
      expect(await codeOf(...push("kept", { ...audience, if_revision: 1 }))).toBe("CONFLICT");
      expect(await codeOf(...push("none", { ...audience, if_revision: 3 }))).toBe("CONFLICT");
    }
    await resultOf(...push("kept", { topics: [], subscribers: ["Boss"], global: false }));
    expect((await mesh.system.getItem("kept"))?.subscribers).toEqual(["Boss"]);
    await resultOf(...push("open", { global: true, topics: [], subscribers: null }));
    await resultOf(...push("open", { topics: [] }));
    expect(await failureOf(...push("open", { global: false }))).toMatchObject({
      code: "INVALID_ROUTE",
      hint: expect.stringContaining("set global to null to keep its audience") as unknown,
    });
    await resultOf(...push("default", { topics: null, subscribers: null, global: null }));
    expect((await mesh.system.getItem("default"))?.global).toBe(true);
  });

  it("writes concurrently with an explicitly empty audience", async () => {
    const mesh = new ContextMesh();
    const writer = fullHandler(mesh, "Writer");
    await mesh.agent("Writer").push("plan", 0, { subscribers: ["Reader"] });
    const writes = Array.from({ length: 4 }, (_, i) =>
      writer.handleToolCall("push_context", { key: "plan", value: String(i), topics: [] }),
    );
    for (const answer of await Promise.all(writes)) expect(answer).toMatchObject({ success: true });
    expect(await mesh.system.getItem("plan")).toMatchObject({ revision: 5 });
  });

  it("adds subscriptions and returns the new ones", async () => {
    const { reader } = setUp();
    const subscribe = (topics: string[]) => resultOf(reader, "subscribe_to_topics", { topics });
    for (const [topics, subscribed, already_subscribed] of [
      [["a", "b"], ["a", "b"], []],
      [["b", "c"], ["c"], ["b"]],
    ] as string[][][])
      expect(await subscribe(topics!)).toMatchObject({ subscribed, already_subscribed });
    const ended = await resultOf(reader, "unsubscribe_from_topics", { topics: ["a", "zzz"] });
    expect(ended).toMatchObject({ unsubscribed: ["a"], not_subscribed: ["zzz"] });
    expect(await resultOf(reader, "list_context")).toMatchObject({ topics_subscribed: ["b", "c"] });
  });

  it("lists topics with counts, and with subscribers on request", async () => {
    const { writer, reader } = setUp();
    await resultOf(reader, "subscribe_to_topics", { topics: ["support", "sales"] });
    await resultOf(writer, "push_context", { key: "a", value: "x", topics: ["support", "unused"] });
    expect(await resultOf(writer, "discover_topics")).toEqual({
      success: true,
      topics: {
        sales: { subscriber_count: 1, item_count: 0 },
        support: { subscriber_count: 1, item_count: 1 },
        unused: { subscriber_count: 0, item_count: 1 },
      },
      total_topics: 3,
      next_page: null,
    });
    const args = { prefix: "su", include_subscriber_names: true };
    const topics = { support: { subscribers: ["Reader"] } };
    const named = await resultOf(writer, "discover_topics", args);
    expect(named).toMatchObject({ topics, total_topics: 1 });
  });

  it("enforces permissions and lists only permitted topics", async () => {
    const { mesh, writer, reader } = setUp();
    await resultOf(reader, "subscribe_to_topics", { topics: ["sales", "support"] });
    await mesh.setPermissions("Writer", { post: ["sales"], subscribe: ["sales"] });
    const call = { key: "a", value: "x" };
    for (const audience of [{ topics: ["support"] }, { subscribers: ["Boss"] }, { global: true }]) {
      const refused = await failureOf(writer, "push_context", { ...call, ...audience });
      expect(refused).toMatchObject({ code: "FORBIDDEN" });
      expect(refused.hint).toBe(
        `${"topics" in audience ? "" : "Name topics instead. "}Call discover_topics for the topics that you may use.`,
      );
    }
    const topics = await resultOf(writer, "discover_topics");
    expect(topics).toMatchObject({ topics: { sales: { subscriber_count: 1 } }, total_topics: 1 });
  });
});
