import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ContextMesh, type MeshInterceptor } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished } from "vitest";
import { openMesh } from "./support/mesh.ts";
import type { LiveClient } from "./support/live-client.ts";
import { openStudio, refusalOf } from "./support/studio.ts";
import { tempFile } from "./support/temp-file.ts";

const WRITER = fileURLToPath(new URL("support/writer.ts", import.meta.url));
const GLOBAL = { global: true } as const;

it("shows what happens from now on, with ids that are cursors of the mesh", async () => {
  const mesh = openMesh();
  await mesh.system.push("before", 1, GLOBAL);
  const { live } = await openStudio({ mesh });
  const client = await live();
  await client.first(({ type }) => type === "ready");
  await mesh.agent("Ann").push("note", { text: "Hello." }, { topics: ["news"] });
  await mesh.agent("Ann").publish("greeted", "Bob", { topics: ["news"] });
  await mesh.system.delete("before");
  const { item, position, id } = await client.put("note");
  expect(item).toMatchObject({ author: "Ann", preview: '{"text":"Hello."}', revision: 2 });
  expect(position).toBe(2);
  const { changes } = await mesh.system.changes({ since: id ?? "" });
  expect(changes.map(({ type }) => type)).toEqual(["event", "delete"]);
  await client.first(({ type }) => type === "delete");
  expect(client.messages.map(({ type, id: each }) => [type, each !== undefined])).toEqual([
    ["ready", true],
    ["put", true],
    ["event", true],
    ["delete", true],
  ]);
});

it("shows what another process writes, in its order and across a reconnection", async () => {
  const path = tempFile();
  const mesh = openMesh(path);
  await mesh.system.push("first", 0, GLOBAL);
  const { live } = await openStudio({ mesh });
  const client = await live();
  await client.first(({ type }) => type === "ready");
  // Without the arguments of the test.
  const child = fork(WRITER, [path], { execArgv: [] });
  onTestFinished(() => void child.kill());
  await client.first(() => client.keys.length >= 20);
  const [seen, since] = [client.keys, client.lastId];
  client.disconnect();
  const resumed = await live({}, { "last-event-id": since });
  await resumed.first(({ type }) => type === "event");
  expect([...seen, ...resumed.keys]).toEqual(Array.from({ length: 200 }, (_, n) => `item:${n}`));
});

it("reports the position of commits that change no item", async () => {
  const mesh = openMesh();
  const { live } = await openStudio({ mesh });
  const client = await live();
  await client.first(({ type }) => type === "ready");
  await mesh.agent("Ann").subscribe(["news"]);
  const head = await client.first(({ type }) => type === "head");
  expect(head).toMatchObject({ position: 1 });
  expect(head.id).toBeDefined();
});

it.each(["header", "query"])(
  "resumes by the id of its %s with no gaps or duplicates",
  async (by) => {
    const mesh = openMesh();
    const { live } = await openStudio({ mesh });
    const keys = Array.from({ length: 400 }, (_, n) => `item:${n}`);
    let written = 0;
    const write = async (): Promise<void> => {
      while (written < keys.length) await mesh.system.push(keys[written++] as string, 1, GLOBAL);
    };
    let client = await live();
    await client.first(({ type }) => type === "ready");
    const writing = write();
    const seen: string[] = [];
    while (seen.length + client.keys.length < keys.length) {
      const before = seen.length;
      await client.first(
        () => client.keys.length >= 90 || before + client.keys.length === keys.length,
      );
      const since = client.lastId;
      seen.push(...client.keys);
      client.disconnect();
      client = await (by === "header" ? live({}, { "last-event-id": since }) : live({ since }));
    }
    await writing;
    expect(seen).toEqual(keys);
  },
);

it("shows an agent's own feed, without what it does not see", async () => {
  const mesh = openMesh();
  const { live } = await openStudio({ mesh });
  const client = await live({ as: "Bob", mode: "own" });
  await client.first(({ type }) => type === "ready");
  await mesh.system.push("secret", 1, { subscribers: ["Ann"] });
  await mesh.system.push("news", 2, { topics: ["news"] });
  await mesh.agent("Bob").subscribe(["news"]);
  await client.put("news");
  await mesh.agent("Bob").unsubscribe(["news"]);
  await client.first(({ type }) => type === "hide");
  expect(JSON.stringify(client.messages)).not.toContain("secret");
});

it("resumes inside of a subscription that brings many items into view", async () => {
  const mesh = openMesh();
  const keys = Array.from({ length: 1_500 }, (_, n) => `item:${String(n).padStart(4, "0")}`);
  for (let at = 0; at < keys.length; at += 500)
    await mesh.system.pushMany(
      keys.slice(at, at + 500).map((key) => ({ key, value: 1, topics: ["news"] })),
    );
  const { live } = await openStudio({ mesh });
  const first = await live({ as: "Bob", mode: "own" });
  await first.first(({ type }) => type === "ready");
  await mesh.agent("Bob").subscribe(["news"]);
  await first.put("item:0700");
  first.disconnect();
  const seen = first.keys;
  const second = await live({ as: "Bob", mode: "own" }, { "last-event-id": first.lastId });
  await second.first(({ type }) => type === "ready");
  expect([...seen, ...second.keys]).toEqual(keys);
});

it("marks what an agent sees of all changes, and reports what its subscriptions change", async () => {
  const mesh = openMesh();
  await mesh.system.push("old", 1, { topics: ["news"] });
  const { live } = await openStudio({ mesh });
  const client = await live({ as: "Bob" });
  await client.first(({ type }) => type === "ready");
  await mesh.system.push("secret", 1, { subscribers: ["Ann"] });
  await mesh.system.push("shared", 1, GLOBAL);
  expect((await client.put("secret")).item.visible).toBe(false);
  expect((await client.put("shared")).item.visible).toBe(true);
  const changed = (visible: boolean): Promise<unknown> =>
    client.first(
      (message) =>
        message.type === "visibility" &&
        message.visible === visible &&
        message.keys.includes("old"),
    );
  await mesh.agent("Bob").subscribe(["news"]);
  await changed(true);
  await mesh.agent("Bob").unsubscribe(["news"]);
  await changed(false);
  expect(client.keys).toEqual(["secret", "shared"]);
});

it("reports a cursor that was compacted, and goes on from now", async () => {
  const mesh = new ContextMesh({
    storage: new SqliteStorage({ path: tempFile() }),
    retention: { log: { commits: 1 } },
  });
  onTestFinished(() => mesh.close());
  const { live } = await openStudio({ mesh });
  const first = await live();
  const { id = "" } = await first.first(({ type }) => type === "ready");
  first.disconnect();
  for (let n = 0; n < 20; n++) await mesh.system.push("note", n, GLOBAL);
  await mesh.compact();
  const second = await live({}, { "last-event-id": id });
  expect(await second.first(({ type }) => type === "reset")).toMatchObject({
    code: "CURSOR_COMPACTED",
  });
  await second.first(({ type }) => type === "ready");
  await mesh.system.push("note", "again", GLOBAL);
  expect((await second.put("note")).item.preview).toBe('"again"');
});

it.each(["x", "c1.zzzz.5..7", ""])("starts from now after the invalid id %j", async (id) => {
  const mesh = openMesh();
  await mesh.system.push("note", 1, GLOBAL);
  const { live } = await openStudio({ mesh });
  const client = await live({ since: id });
  await client.first(({ type }) => type === "ready");
  expect(client.messages.map(({ type }) => type)).toEqual(
    id === "" ? ["ready"] : ["reset", "ready"],
  );
});

it("ends the stream of a client that does not read with `lagged`, and lets it resume", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  const { live, request } = await openStudio({ mesh });
  const stop = new AbortController();
  const { body } = await request("api/live", { signal: stop.signal });
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  const value = "x".repeat(2_000);
  for (let batch = 0; batch < 40; batch++)
    await mesh.system.pushMany(
      Array.from({ length: 250 }, (_, n) => ({ key: `item:${batch}:${n}`, value, ...GLOBAL })),
    );
  let text = "";
  for (const decoder = new TextDecoder(); ;) {
    const { done, value: bytes } = await reader.read();
    if (done) break;
    text += decoder.decode(bytes, { stream: true });
  }
  expect(text).toContain("event: lagged");
  const id = [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? "";
  const received = [...text.matchAll(/"key":"(item:\d+:\d+)"/g)].length;
  expect(received).toBeLessThan(10_000);
  const client = await live({}, { "last-event-id": id });
  await client.first(({ type }) => type === "ready");
  expect(received + client.keys.length).toBe(10_000);
});

it("shares one watch among all clients, and ends their streams with the mesh", async () => {
  const operations: string[] = [];
  const interceptor: MeshInterceptor = {
    intercept: ({ name }, next) => {
      operations.push(name);
      return next();
    },
    onCommitQueued: () => undefined,
  };
  const mesh = new ContextMesh({ interceptor });
  onTestFinished(() => mesh.close());
  const { live } = await openStudio({ mesh });
  const clients = await Promise.all(Array.from({ length: 20 }, () => live()));
  await Promise.all(clients.map((client) => client.first(({ type }) => type === "ready")));
  await mesh.system.push("note", 1, GLOBAL);
  await Promise.all(clients.map((client) => client.put("note")));
  expect(operations.filter((name) => name === "watch")).toHaveLength(1);
  await mesh.close();
  await Promise.all(clients.map((client) => client.ended));
});

it("frees the places of clients that went, and refuses more than it serves", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  const { live, request } = await openStudio({ mesh });
  const clients: LiveClient[] = [];
  for (let n = 0; n < 256; n++) clients.push(await live());
  expect(await refusalOf(await request("api/live"))).toMatchObject({
    status: 429,
    code: "LIMIT_EXCEEDED",
  });
  for (const client of clients) client.disconnect();
  await expect.poll(async () => (await live()).messages.length).toBeGreaterThan(-1);
  const last = await live();
  await last.first(({ type }) => type === "ready");
  await mesh.system.push("note", 1, GLOBAL);
  await last.put("note");
});
