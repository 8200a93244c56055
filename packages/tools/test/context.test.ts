import { ContextMesh } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { MemoryStorage } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { ToolHandler } from "../src/index.ts";
import { failed, fullHandler, must } from "./support.ts";

const setUp = () => {
  const mesh = new ContextMesh();
  return { mesh, writer: fullHandler(mesh, "Writer"), reader: fullHandler(mesh, "Reader") };
};

describe("sharing by tools", () => {
  it("shows a late subscriber what is already there, with who wrote it", async () => {
    const { writer, reader } = setUp();
    const pushed = await must(
      writer.handleToolCall("push_context", { key: "inquiry", value: "hi", topics: ["support"] }),
    );
    expect(pushed).toMatchObject({
      key: "inquiry",
      revision: 1,
      topics_without_subscribers: ["support"],
      expires_at: null,
    });
    expect(pushed.hint).toContain("discover_topics");
    const nothing = await must(reader.handleToolCall("get_context"));
    expect(nothing.context).toEqual({});
    await must(reader.handleToolCall("subscribe_to_topics", { topics: ["support"] }));
    expect(await must(reader.handleToolCall("get_context"))).toEqual({
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
  it.each(strings)("keeps the text %j as %j", async (text, stored) => {
    const { mesh, writer } = setUp();
    await must(writer.handleToolCall("push_context", { key: "k", value: text, global: true }));
    expect(await mesh.system.get("k")).toEqual(stored);
  });

  it("takes any JSON from programs, null included", async () => {
    const { mesh, writer } = setUp();
    for (const value of [null, 5, false, { a: [null] }, ['{"a":1}']]) {
      await must(writer.handleToolCall("push_context", { key: "k", value, global: true }));
      expect(await mesh.system.get("k")).toEqual(value);
    }
  });

  it("gives what has a time to live an end, and the rest the handler's default", async () => {
    const clock = manualClock();
    const mesh = new ContextMesh({ storage: new MemoryStorage({ clock }) });
    const plain = fullHandler(mesh, "Plain");
    const brief = fullHandler(mesh, "Brief", { defaultTtl: "30m" });
    const call = { value: "x", global: true };
    const forGood = await must(plain.handleToolCall("push_context", { ...call, key: "a" }));
    expect(forGood.expires_at).toBeNull();
    const hours = await must(
      brief.handleToolCall("push_context", { ...call, key: "b", ttl_hours: 1.5 }),
    );
    expect(hours.expires_at).toBe("2030-01-01T01:30:00.000Z");
    const byDefault = await must(
      brief.handleToolCall("push_context", { ...call, key: "c", ttl_hours: null }),
    );
    expect(byDefault.expires_at).toBe("2030-01-01T00:30:00.000Z");
    clock.advance("1h");
    expect(await must(plain.handleToolCall("list_context"))).toMatchObject({ keys: ["a", "b"] });
  });

  it("writes on a revision only, and names the way out of a conflict", async () => {
    const { writer } = setUp();
    const call = { key: "plan", global: true };
    await must(writer.handleToolCall("push_context", { ...call, value: "1", if_revision: 0 }));
    const taken = await failed(
      writer.handleToolCall("push_context", { ...call, value: "2", if_revision: 0 }),
    );
    expect(taken.code).toBe("CONFLICT");
    expect(taken.hint).toBe(
      'Call get_context with keys ["plan"], then call push_context with if_revision 1.',
    );
    await must(writer.handleToolCall("push_context", { key: "plan", value: "2", if_revision: 1 }));
    const gone = await failed(
      writer.handleToolCall("push_context", { key: "new", value: "2", if_revision: 7 }),
    );
    expect(gone.hint).toContain("if_revision 0");
  });

  it("lets nobody but the owner re-route or delete, and all who see it replace its value", async () => {
    const { writer, reader } = setUp();
    await must(
      writer.handleToolCall("push_context", { key: "plan", value: "1", subscribers: ["Reader"] }),
    );
    await must(reader.handleToolCall("push_context", { key: "plan", value: "2" }));
    const wider = await failed(
      reader.handleToolCall("push_context", { key: "plan", value: "3", global: true }),
    );
    expect(wider).toMatchObject({ code: "NOT_OWNER", retry: "corrected_call" });
    expect(wider.hint).toContain("topics, subscribers and global null");
    expect(await failed(reader.handleToolCall("delete_context", { key: "plan" }))).toMatchObject({
      code: "NOT_OWNER",
    });
    expect(await must(writer.handleToolCall("get_context", { keys: ["plan"] }))).toMatchObject({
      context: { plan: "2" },
      meta: { plan: { author: "Reader", revision: 2 } },
    });
    expect(await must(writer.handleToolCall("delete_context", { key: "plan" }))).toEqual({
      success: true,
      key: "plan",
    });
  });

  it("tells no more of an unseen item than of none, save that its key is taken", async () => {
    const { writer, reader } = setUp();
    await must(
      writer.handleToolCall("push_context", { key: "secret", value: "1", subscribers: ["Boss"] }),
    );
    for (const key of ["secret", "nothing"]) {
      const read = await must(reader.handleToolCall("get_context", { keys: [key] }));
      expect(read).toMatchObject({ context: {}, meta: {}, keys_missing: [key] });
      const deleted = await failed(reader.handleToolCall("delete_context", { key }));
      expect(deleted).toEqual({
        success: false,
        code: "NOT_FOUND",
        error: `There is no key "${key}" that you can see.`,
        hint: "Call list_context for the keys that you can see.",
        retry: "corrected_call",
      });
      expect(await must(reader.handleToolCall("claim_task", { key }))).toMatchObject({
        task: null,
      });
    }
    const taken = await failed(
      reader.handleToolCall("push_context", { key: "secret", value: "x", global: true }),
    );
    expect(taken).toMatchObject({
      code: "KEY_TAKEN",
      hint: 'Choose another key, such as "Reader/secret".',
    });
  });

  it("asks a new key for its audience, and never widens one", async () => {
    const { mesh, writer } = setUp();
    const call = { key: "k", value: "v" };
    expect(await failed(writer.handleToolCall("push_context", call))).toMatchObject({
      code: "ROUTE_REQUIRED",
    });
    for (const audience of [
      { topics: [] },
      { subscribers: [] },
      { topics: ["a"], global: true },
      { global: false },
    ]) {
      const refused = await failed(writer.handleToolCall("push_context", { ...call, ...audience }));
      expect(refused.code).toBe(
        "global" in audience && audience.global ? "INVALID_ROUTE" : "ROUTE_REQUIRED",
      );
      expect(refused.hint).toContain("topics");
    }
    expect((await mesh.stats()).revision).toBe(0);
  });

  it("lists keys by the topics through which an agent sees them", async () => {
    const { writer, reader } = setUp();
    await must(reader.handleToolCall("subscribe_to_topics", { topics: ["__proto__", "support"] }));
    const push = async (key: string, audience: object) =>
      must(writer.handleToolCall("push_context", { key, value: "x", ...audience }));
    await push("a", { topics: ["support", "sales"] });
    await push("b", { topics: ["sales"] });
    await push("c", { global: true });
    await push("d", { topics: ["__proto__", "support"] });
    const listing = await must(reader.handleToolCall("list_context", { by_topic: true }));
    expect(listing.keys).toEqual(["a", "c", "d"]);
    expect(listing.topics_subscribed).toEqual(["__proto__", "support"]);
    expect(Object.entries(listing.keys_by_topic ?? {})).toEqual([
      ["support", ["a", "d"]],
      ["other", ["c"]],
      ["__proto__", ["d"]],
    ]);
    expect(
      await must(reader.handleToolCall("list_context", { topic: "support", prefix: "d" })),
    ).toEqual({
      success: true,
      you: "Reader",
      keys: ["d"],
      topics_subscribed: ["__proto__", "support"],
      next_page: null,
    });
  });

  it("says who the caller is in every listing", async () => {
    const { reader } = setUp();
    for (const args of [{}, { topic: "support" }, { prefix: "x", by_topic: true }])
      expect(await must(reader.handleToolCall("list_context", args))).toMatchObject({
        you: "Reader",
      });
  });

  it("says of a topic that the caller is not subscribed to why its keys are not listed", async () => {
    const { mesh, writer, reader } = setUp();
    await must(
      writer.handleToolCall("push_context", { key: "a", value: "x", topics: ["support"] }),
    );
    const list = (handler: typeof reader, topic: string) =>
      must(handler.handleToolCall("list_context", { topic }));
    expect(await list(reader, "support")).toMatchObject({
      keys: [],
      topic_subscribed: false,
      hint: 'You are not subscribed to "support": call subscribe_to_topics with topics ["support"] to see its keys.',
    });
    expect((await list(reader, "suport")).hint).toBe(
      'There is no topic "suport" yet. Did you mean "support"?',
    );
    expect((await list(reader, "weather")).hint).toBe('There is no topic "weather" yet.');
    const blind = fullHandler(mesh, "Blind", { deny: ["discover_topics"] });
    expect((await list(blind, "suport")).hint).toBe('There is no topic "suport" yet.');
    // What it pushed itself, an agent sees without a subscription.
    expect(await list(writer, "support")).toMatchObject({ keys: ["a"], topic_subscribed: false });
    const lone = fullHandler(mesh, "Lone", { deny: ["subscribe_to_topics"] });
    expect((await list(lone, "support")).hint).toContain("your operator must subscribe you");
    await mesh.setPermissions("Lone", { subscribe: ["sales"] });
    expect((await list(lone, "support")).hint).toContain("do not have permission");
    await must(reader.handleToolCall("subscribe_to_topics", { topics: ["support"] }));
    const subscribed = await list(reader, "support");
    expect(subscribed.keys).toEqual(["a"]);
    expect(subscribed).not.toHaveProperty("topic_subscribed");
    expect(subscribed.hint).toBeUndefined();
  });

  it("says so also where the mesh has a schema without the topic", async () => {
    const mesh = new ContextMesh({ schema: { topics: ["support"] } });
    await mesh.agent("Ann").subscribe(["support"]);
    const reader = new ToolHandler(mesh.agent("Reader"));
    const listing = await must(reader.handleToolCall("list_context", { topic: "suport" }));
    expect(listing.hint).toContain('Did you mean "support"?');
  });

  it("offers the nearest visible key for one that is missing, and no unseen one", async () => {
    const { writer, reader } = setUp();
    const push = (key: string, audience: object) =>
      must(writer.handleToolCall("push_context", { key, value: "x", ...audience }));
    for (const key of ["inquiry", "ticket:17:summary", "ticket:17:reply", "plan"])
      await push(key, { global: true });
    await push("secret-plan", { subscribers: ["Boss"] });
    const read = (keys: string[]) => must(reader.handleToolCall("get_context", { keys }));
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

  it("says that a prefix is no pattern where one finds nothing", async () => {
    const { writer } = setUp();
    await must(writer.handleToolCall("push_context", { key: "a:*b", value: "x", global: true }));
    const hint = 'prefix is plain text, not a pattern: pass "a:".';
    expect(await must(writer.handleToolCall("list_context", { prefix: "a:b*" }))).toMatchObject({
      hint: 'prefix is plain text, not a pattern: pass "a:b".',
    });
    const found = await must(writer.handleToolCall("get_context", { prefix: "a:*" }));
    expect(found.hint).toBeUndefined();
    for (const tool of ["list_context", "get_context", "discover_topics"] as const)
      expect(
        await must(fullHandler(new ContextMesh(), "R").handleToolCall(tool, { prefix: "a:*" })),
      ).toMatchObject({ hint });
  });

  it("keeps the audience of a key where a call names an empty one, and never takes the default", async () => {
    const mesh = new ContextMesh({ defaultRoute: { global: true } });
    const [writer, reader] = [fullHandler(mesh, "Writer"), fullHandler(mesh, "Reader")];
    const push = (key: string, audience: object, handler = writer) =>
      handler.handleToolCall("push_context", { key, value: "x", ...audience });
    const empty = [
      { topics: [] },
      { subscribers: [] },
      { topics: [], subscribers: [] },
      { topics: "", subscribers: [""], global: null },
      { topics: null, global: false },
      { topics: "[]" },
    ];
    for (const audience of empty) {
      expect(await failed(push("new", audience))).toMatchObject({
        code: "ROUTE_REQUIRED",
        hint: '"new" is new: name its audience by topics, subscribers, or global true. discover_topics lists the topics.',
        retry: "corrected_call",
      });
      expect(await failed(push("new", { ...audience, if_revision: 0 }))).toMatchObject({
        code: "ROUTE_REQUIRED",
      });
    }
    expect(await mesh.system.keys()).toEqual([]);
    await must(push("kept", { subscribers: ["Reader"] }));
    await must(push("hidden", { subscribers: ["Boss"] }));
    for (const audience of empty) {
      await must(push("kept", audience, reader));
      expect(await mesh.system.getItem("kept")).toMatchObject({
        subscribers: ["Reader"],
        global: false,
        owner: "Writer",
      });
      expect(await failed(push("hidden", audience, reader))).toMatchObject({ code: "KEY_TAKEN" });
      expect(await failed(push("kept", { ...audience, if_revision: 1 }))).toMatchObject({
        code: "CONFLICT",
      });
      expect(await failed(push("none", { ...audience, if_revision: 3 }))).toMatchObject({
        code: "CONFLICT",
      });
    }
    await must(push("kept", { topics: [], subscribers: ["Boss"], global: false }));
    expect((await mesh.system.getItem("kept"))?.subscribers).toEqual(["Boss"]);
    await must(push("open", { global: true, topics: [], subscribers: null }));
    await must(push("open", { topics: [] }));
    expect(await failed(push("open", { global: false }))).toMatchObject({
      code: "INVALID_ROUTE",
      hint: expect.stringContaining("set global to null to keep its audience") as unknown,
    });
    await must(push("default", { topics: null, subscribers: null, global: null }));
    expect((await mesh.system.getItem("default"))?.global).toBe(true);
  });

  it("replaces a value under an emptied audience once, whoever writes beside it", async () => {
    const mesh = new ContextMesh();
    const writer = fullHandler(mesh, "Writer");
    await mesh.agent("Writer").push("plan", 0, { subscribers: ["Reader"] });
    const writes = Array.from({ length: 4 }, (_, i) =>
      writer.handleToolCall("push_context", { key: "plan", value: String(i), topics: [] }),
    );
    for (const answer of await Promise.all(writes)) expect(answer).toMatchObject({ success: true });
    expect(await mesh.system.getItem("plan")).toMatchObject({ revision: 5 });
  });

  it("adds subscriptions up, and tells which were new", async () => {
    const { reader } = setUp();
    const subscribe = (topics: string[]) =>
      must(reader.handleToolCall("subscribe_to_topics", { topics }));
    expect(await subscribe(["a", "b"])).toMatchObject({
      subscribed: ["a", "b"],
      already_subscribed: [],
    });
    expect(await subscribe(["b", "c"])).toMatchObject({
      subscribed: ["c"],
      already_subscribed: ["b"],
    });
    const ended = await must(
      reader.handleToolCall("unsubscribe_from_topics", { topics: ["a", "zzz"] }),
    );
    expect(ended).toMatchObject({ unsubscribed: ["a"], not_subscribed: ["zzz"] });
    expect(await must(reader.handleToolCall("list_context"))).toMatchObject({
      topics_subscribed: ["b", "c"],
    });
  });

  it("discovers topics with counts, and with names on request", async () => {
    const { writer, reader } = setUp();
    await must(reader.handleToolCall("subscribe_to_topics", { topics: ["support", "sales"] }));
    await must(
      writer.handleToolCall("push_context", {
        key: "a",
        value: "x",
        topics: ["support", "silent"],
      }),
    );
    expect(await must(writer.handleToolCall("discover_topics"))).toEqual({
      success: true,
      topics: {
        sales: { subscriber_count: 1, item_count: 0 },
        silent: { subscriber_count: 0, item_count: 1 },
        support: { subscriber_count: 1, item_count: 1 },
      },
      total_topics: 3,
      next_page: null,
    });
    const named = await must(
      writer.handleToolCall("discover_topics", { prefix: "su", include_subscriber_names: true }),
    );
    expect(named).toMatchObject({
      topics: { support: { subscribers: ["Reader"] } },
      total_topics: 1,
    });
  });

  it("holds an agent to its permissions, and shows it the topics that it may use", async () => {
    const { mesh, writer, reader } = setUp();
    await must(reader.handleToolCall("subscribe_to_topics", { topics: ["sales", "support"] }));
    await mesh.setPermissions("Writer", { post: ["sales"], subscribe: ["sales"] });
    const call = { key: "a", value: "x" };
    for (const audience of [{ topics: ["support"] }, { subscribers: ["Boss"] }, { global: true }]) {
      const refused = await failed(writer.handleToolCall("push_context", { ...call, ...audience }));
      expect(refused).toMatchObject({ code: "FORBIDDEN" });
      expect(refused.hint).toBe(
        `${"topics" in audience ? "" : "Name topics instead. "}Call discover_topics for the topics that you may use.`,
      );
    }
    const topics = await must(writer.handleToolCall("discover_topics"));
    expect(topics).toMatchObject({ topics: { sales: { subscriber_count: 1 } }, total_topics: 1 });
  });
});
