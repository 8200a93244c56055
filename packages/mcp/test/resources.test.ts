import { ERAS } from "./support/eras.ts";
import { ResourceNotFoundError } from "@modelcontextprotocol/client";
import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { connect } from "./support/connect.ts";
import { readJson } from "./support/resource-client.ts";

describe.each(ERAS)("resources of a %s client", (era) => {
  it("lists the items that the agent sees, in pages", async () => {
    const mesh = new ContextMesh();
    const ann = mesh.agent("Ann");
    const keys = Array.from({ length: 230 }, (_, i) => `item:${String(i).padStart(3, "0")}`);
    await ann.pushMany(keys.map((key) => ({ key, value: key, subscribers: ["Bob"] })));
    await ann.push("unseen", "x", { subscribers: ["Ann"] });
    const bob = await connect(mesh.agent("Bob"), era);
    const pages: string[][] = [];
    for (let cursor: string | undefined; ;) {
      const page = await bob.client.request({
        method: "resources/list",
        params: cursor === undefined ? {} : { cursor },
      });
      pages.push(page.resources.map(({ name }) => name));
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    expect(pages.map(({ length }) => length)).toEqual([102, 100, 30]);
    expect(pages.flat()).toEqual(["agents", "changes", ...keys]);
    expect(JSON.stringify(bob.received)).not.toContain("unseen");
  });

  it("describes an item in the list without reading its value", async () => {
    const mesh = new ContextMesh();
    await mesh.agent("Ann").push("plan", "Ship it.", { global: true });
    const item = await mesh.system.getItem("plan");
    const bob = await connect(mesh.agent("Bob"), era);
    const { resources } = await bob.client.listResources();
    expect(resources.find(({ name }) => name === "plan")).toEqual({
      uri: "syntha://item/plan",
      name: "plan",
      mimeType: "application/json",
      annotations: { lastModified: item?.updatedAt.toISOString() },
    });
  });

  it("lists the templates", async () => {
    const mesh = new ContextMesh();
    const bob = await connect(mesh.agent("Bob"), era);
    const { resourceTemplates } = await bob.client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      "syntha://item/{key}",
      "syntha://topic/{topic}",
      "syntha://changes{?since}",
    ]);
  });

  it("reads an item with all that is known about it", async () => {
    const mesh = new ContextMesh();
    const ann = mesh.agent("Ann");
    const value = { b: [1, null, "00123842"], a: "" };
    await ann.push("plan", value, { topics: ["work"], subscribers: ["Bob"], priority: 3 });
    const item = await ann.getItem("plan");
    const bob = await connect(mesh.agent("Bob"), era);
    const read = await readJson(bob.client, "syntha://item/plan");
    expect(read).toEqual({
      uri: "syntha://item/plan",
      key: "plan",
      revision: item?.revision,
      author: "Ann",
      owner: "Ann",
      state: "open",
      topics: ["work"],
      subscribers: ["Bob"],
      global: false,
      createdAt: item?.createdAt.toISOString(),
      updatedAt: item?.updatedAt.toISOString(),
      expiresAt: null,
      attempts: 0,
      priority: 3,
      notBefore: null,
      dependsOn: [],
      pendingDependencies: [],
      lastFailure: null,
      value,
    });
    expect(JSON.stringify((read as { value: unknown }).value)).toBe(JSON.stringify(value));
  });

  it("answers for an unseen item exactly as for a missing one", async () => {
    const mesh = new ContextMesh();
    await mesh.agent("Ann").push("secret", "x", { subscribers: ["Ann"] });
    const bob = await connect(mesh.agent("Bob"), era);
    const answers = [];
    for (const key of ["secret", "absent"]) {
      const failing = bob.client.readResource({ uri: `syntha://item/${key}` });
      const error = await failing.then(
        () => undefined,
        (reason: unknown) => reason as ResourceNotFoundError,
      );
      expect(error).toBeInstanceOf(ResourceNotFoundError);
      const { code, message, data } = error as ResourceNotFoundError;
      answers.push(JSON.stringify({ code, message, data }).replaceAll(key, "KEY"));
    }
    expect(answers[0]).toBe(answers[1]);
    const [seen, missing] = bob.received
      .map((message) => JSON.stringify(message))
      .filter((text) => text.includes('"error"'))
      .map((text) => text.replaceAll(/secret|absent/g, "KEY").replace(/"id":\d+/, ""));
    expect(seen).toBe(missing);
  });

  it.each([
    "syntha://item/",
    "syntha://item/%",
    "syntha://item/%ff",
    "syntha://item/a%00b",
    "syntha://item/a?since=1",
    `syntha://item/${"x".repeat(300)}`,
    "syntha://topic/",
    `syntha://topic/${"x".repeat(3_000)}`,
    "syntha://topic/a?page=1&page=2",
    "syntha://agents/Ann",
    "syntha://changes?until=1",
    "syntha://other",
    "file:///etc/passwd",
    "",
  ])("finds no resource %s", async (uri) => {
    const mesh = new ContextMesh();
    const bob = await connect(mesh.agent("Bob"), era);
    await expect(bob.client.readResource({ uri })).rejects.toBeInstanceOf(ResourceNotFoundError);
  });

  it("reads a topic's visible items in pages of bounded size", async () => {
    const mesh = new ContextMesh();
    const ann = mesh.agent("Ann");
    const bob = mesh.agent("Bob");
    await bob.subscribe(["work"]);
    const small = Array.from({ length: 120 }, (_, i) => `a:${String(i).padStart(3, "0")}`);
    const large = Array.from({ length: 5 }, (_, i) => `b:${i}`);
    await ann.pushMany(small.map((key) => ({ key, value: 1, topics: ["work"] })));
    for (const key of large) await ann.push(key, "x".repeat(150_000), { topics: ["work"] });
    await ann.push("other", 1, { subscribers: ["Bob"] });
    await ann.push("unseen", 1, { topics: ["hidden"] });
    const connection = await connect(bob, era);
    const read: string[] = [];
    const sizes: number[] = [];
    for (let uri: string | null = "syntha://topic/work"; uri !== null;) {
      const page = (await readJson(connection.client, uri)) as {
        items: { key: string; value: unknown }[];
        next: string | null;
      };
      read.push(...page.items.map(({ key }) => key));
      sizes.push(page.items.length);
      uri = page.next;
    }
    expect(read).toEqual([...small, ...large]);
    expect(sizes[0]).toBe(100);
    expect(Math.max(...sizes.slice(1))).toBeLessThanOrEqual(21);
    expect(await readJson(connection.client, "syntha://topic/hidden")).toEqual({
      ...((await readJson(connection.client, "syntha://topic/absent")) as object),
      topic: "hidden",
    });
  });

  it("reads the profiles of agents in pages", async () => {
    const mesh = new ContextMesh();
    for (let i = 0; i < 130; i++)
      await mesh.agent(`Agent ${String(i).padStart(3, "0")}`).subscribe(["work"]);
    await mesh.agent("Zoe").announce({ description: "Sorts.", capabilities: ["triage"] });
    const bob = await connect(mesh.agent("Bob"), era);
    const names: string[] = [];
    let last: unknown;
    for (let uri: string | null = "syntha://agents"; uri !== null;) {
      const page = (await readJson(bob.client, uri)) as {
        you: string;
        agents: { name: string }[];
        next: string | null;
      };
      expect(page.you).toBe("Bob");
      names.push(...page.agents.map(({ name }) => name));
      last = page.agents.at(-1);
      uri = page.next;
    }
    expect(names).toHaveLength(131);
    expect(last).toMatchObject({
      name: "Zoe",
      description: "Sorts.",
      capabilities: ["triage"],
      subscriptions: [],
      subscriptionsTotal: 0,
      leases: 0,
    });
  });

  it("reads what changed since a cursor, in pages", async () => {
    const mesh = new ContextMesh();
    const ann = mesh.agent("Ann");
    const bob = await connect(mesh.agent("Bob"), era);
    const start = (await readJson(bob.client, "syntha://changes")) as { next: string };
    expect(start).toMatchObject({ changes: [], more: false });
    const keys = Array.from({ length: 150 }, (_, i) => `k${String(i).padStart(3, "0")}`);
    await ann.pushMany(keys.map((key) => ({ key, value: key, subscribers: ["Bob"] })));
    await ann.push("unseen", 1, { subscribers: ["Ann"] });
    await ann.publish("closed", { ticket: 42 }, { subscribers: ["Bob"] });
    for (let i = 0; i < 4; i++)
      await ann.push(`large${i}`, "x".repeat(100_000), { subscribers: ["Bob"] });
    await ann.push("k000", 1, { subscribers: ["Ann"] });
    await ann.delete("k001");
    const changes: { type: string; cursor: string }[] = [];
    const sizes: number[] = [];
    for (let uri = start.next; ;) {
      const page = (await readJson(bob.client, uri)) as {
        changes: typeof changes;
        more: boolean;
        next: string;
        cursor: string;
      };
      changes.push(...page.changes);
      sizes.push(page.changes.length);
      uri = page.next;
      if (!page.more) break;
    }
    // An item that is no longer visible is not shown as it was.
    const types = changes.map(({ type }) => type);
    expect(types).toEqual([
      ...keys.slice(1).map(() => "put"),
      "event",
      ...Array(4).fill("put"),
      "hide",
      "delete",
    ]);
    expect(sizes[0]).toBe(100);
    expect(sizes.length).toBeGreaterThan(2);
    expect(changes.find(({ type }) => type === "event")).toMatchObject({
      event: { type: "closed", data: { ticket: 42 }, author: "Ann" },
    });
    expect(changes.at(-2)).toMatchObject({ key: "k000", uri: "syntha://item/k000" });
    expect(JSON.stringify(bob.received)).not.toContain("unseen");
  });

  it("refuses cursors and page tokens that are not its own as invalid parameters", async () => {
    const mesh = new ContextMesh();
    const bob = await connect(mesh.agent("Bob"), era);
    for (const uri of ["syntha://changes?since=x", "syntha://agents?page=x"])
      await expect(bob.client.readResource({ uri })).rejects.toMatchObject({
        code: -32602,
        data: { code: "INVALID_CURSOR" },
      });
    for (const method of ["resources/list", "resources/templates/list"] as const)
      await expect(bob.client.request({ method, params: { cursor: "x" } })).rejects.toMatchObject({
        code: -32602,
      });
  });

  it("answers with our code when the mesh is closed", async () => {
    const mesh = new ContextMesh();
    const bob = await connect(mesh.agent("Bob"), era);
    await mesh.close();
    await expect(bob.client.readResource({ uri: "syntha://item/a" })).rejects.toMatchObject({
      code: -32603,
      data: { code: "CLOSED" },
    });
  });

  it("completes keys and topics that the agent may know, at most 100", async () => {
    const mesh = new ContextMesh();
    const ann = mesh.agent("Ann");
    const keys = Array.from({ length: 120 }, (_, i) => `task:${String(i).padStart(3, "0")}`);
    await ann.pushMany(keys.map((key) => ({ key, value: 1, subscribers: ["Bob"] })));
    await ann.push("task:secret", 1, { subscribers: ["Ann"] });
    await ann.push("plan", 1, { topics: ["sales", "support"] });
    await mesh.setPermissions("Bob", { post: ["support"], subscribe: ["support"] });
    const bob = await connect(mesh.agent("Bob"), era);
    const complete = async (uri: string, name: string, value: string) =>
      (
        await bob.client.complete({
          ref: { type: "ref/resource", uri },
          argument: { name, value },
        })
      ).completion;
    const item = "syntha://item/{key}";
    expect(await complete(item, "key", "task:")).toEqual({
      values: keys.slice(0, 100),
      hasMore: true,
    });
    const some = { values: keys.slice(110), hasMore: false, total: 10 };
    expect(await complete(item, "key", "task:11")).toEqual(some);
    const none = { values: [], hasMore: false, total: 0 };
    expect(await complete(item, "key", "task:s")).toEqual(none);
    expect(await complete(item, "key", "x".repeat(5_000))).toEqual(none);
    expect(await complete(item, "topic", "")).toEqual(none);
    expect(await complete("syntha://changes{?since}", "since", "")).toEqual(none);
    expect(await complete("syntha://topic/{topic}", "topic", "s")).toEqual({
      values: ["support"],
      hasMore: false,
      total: 1,
    });
    expect(JSON.stringify(bob.received)).not.toContain("secret");
    expect(JSON.stringify(bob.received)).not.toContain("sales");
  });
});

it("marks what an agent sees as private, and as out of date at once", async () => {
  const mesh = new ContextMesh();
  await mesh.agent("Ann").push("plan", 1, { global: true });
  const bob = await connect(mesh.agent("Bob"), "modern");
  await bob.client.listResources();
  await bob.client.listResourceTemplates();
  await bob.client.readResource({ uri: "syntha://item/plan" });
  const results = bob.received
    .map((message) => ("result" in message ? message.result : undefined))
    .filter((result) => result !== undefined && ("contents" in result || "resources" in result));
  expect(results).toHaveLength(2);
  for (const result of results) expect(result).toMatchObject({ ttlMs: 0, cacheScope: "private" });
  const templates = bob.received.find(
    (message) => "result" in message && "resourceTemplates" in message.result,
  );
  expect(templates).toMatchObject({ result: { ttlMs: 3_600_000, cacheScope: "private" } });
});
