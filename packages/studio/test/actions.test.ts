import { expect, it } from "vitest";
import { openMesh } from "./support/mesh.ts";
import { openStudio, post, refusalOf, type StudioClient } from "./support/studio.ts";

async function openDesk(): Promise<StudioClient & { readonly mesh: ReturnType<typeof openMesh> }> {
  const mesh = openMesh();
  return { ...(await openStudio({ mesh, write: true, person: "Ada" })), mesh };
}

/** What is recorded of acts in Ada's name. */
async function records(mesh: ReturnType<typeof openMesh>): Promise<readonly unknown[]> {
  const { events } = await mesh.system.events({ types: ["person.action"] });
  return events.map(({ data }) => data);
}

it("pushes an item by the person", async () => {
  const { act, mesh } = await openDesk();
  const answer = await act("api/push", { key: "note", value: { n: 1 }, topics: ["news"] });
  expect(answer).toEqual({
    actor: "Ada",
    key: "note",
    revision: 1,
    topicsWithoutSubscribers: ["news"],
    unknownSubscribers: [],
  });
  expect(await mesh.system.getItem("note")).toMatchObject({ author: "Ada", owner: "Ada" });
  await act("api/push", { key: "note", value: null, ifRevision: 1, ttl: "1h" });
  expect(await mesh.system.getItem("note")).toMatchObject({ value: null, topics: ["news"] });
  expect(await records(mesh)).toEqual([]);
});

it("replaces what the person does not see as the system, and records the person", async () => {
  const { act, mesh } = await openDesk();
  await mesh.agent("Ann").push("note", 1, { subscribers: ["Bob"] });
  expect(await act("api/push", { key: "note", value: 2 })).toMatchObject({ actor: "system" });
  expect(await mesh.system.getItem("note")).toMatchObject({
    value: 2,
    owner: "Ann",
    author: undefined,
    subscribers: ["Bob"],
  });
  expect(await records(mesh)).toEqual([{ action: "push", person: "Ada", key: "note" }]);
});

it("deletes items of others, and records it before", async () => {
  const { act, mesh, read } = await openDesk();
  await mesh.agent("Ann").push("note", 1, { global: true });
  expect(await act("api/delete", { key: "note" })).toEqual({ deleted: true, actor: "system" });
  expect(await mesh.system.get("note")).toBeUndefined();
  const { entries } = await read("api/log");
  expect(entries.map(({ type, actor }) => [type, actor])).toEqual([
    ["put", "Ann"],
    ["event", "Ada"],
    ["delete", undefined],
  ]);
  expect(await act("api/delete", { key: "note" })).toMatchObject({ deleted: false });
});

it("restores a revision", async () => {
  const { act, mesh } = await openDesk();
  await mesh.agent("Ann").push("note", "first", { global: true });
  await mesh.agent("Ann").push("note", "second");
  await act("api/restore", { key: "note", revision: 1 });
  expect(await mesh.system.get("note")).toBe("first");
  expect(await records(mesh)).toEqual([
    { action: "restore", person: "Ada", key: "note", revision: 1 },
  ]);
});

it("retries one failed task, and all", async () => {
  const { act, mesh } = await openDesk();
  const bob = mesh.agent("Bob");
  for (const key of ["a", "b", "c"]) {
    await mesh.system.push(key, key, { subscribers: ["Bob"] });
    const lease = await bob.claim({ key });
    await lease?.release({ maxAttempts: 1, error: "broken" });
  }
  expect(await act("api/retry", { key: "b" })).toMatchObject({ actor: "system" });
  expect(await act("api/retry-all", {})).toEqual({
    retried: ["a", "c"],
    failed: [],
    more: false,
    actor: "Ada",
  });
  const { items } = await mesh.system.list({ state: "open" });
  expect(items.map(({ key }) => key)).toEqual(["a", "b", "c"]);
});

it("takes a task from the agent that holds it", async () => {
  const { act, mesh } = await openDesk();
  await mesh.system.push("task", 1, { subscribers: ["Bob"] });
  const lease = await mesh.agent("Bob").claim({ key: "task" });
  const answer = await act("api/release", { key: "task", agent: "Bob", error: "It is stuck." });
  expect(answer).toEqual({ agent: "Bob", attempt: 1, actor: "system" });
  expect(await mesh.system.getItem("task")).toMatchObject({
    state: "open",
    lastFailure: { message: "It is stuck.", agent: "Bob" },
  });
  await expect(lease?.complete("late")).rejects.toThrow("not the current lease");
  expect(await records(mesh)).toEqual([
    { action: "release", person: "Ada", key: "task", agent: "Bob" },
  ]);
});

it("records what failed after the record of an act", async () => {
  const { request, mesh } = await openDesk();
  await mesh.agent("Ann").push("note", 1, { global: true });
  await mesh.setPermissions("Bob", { post: "*" });
  const acts: readonly (readonly [string, object, string])[] = [
    ["api/release", { key: "note", agent: "Bob" }, "CONFLICT"],
    ["api/restore", { key: "note", revision: 9 }, "NOT_FOUND"],
    ["api/subscribe", { agent: "Bob", topics: ["news"] }, "FORBIDDEN"],
  ];
  for (const [path, body, code] of acts)
    expect(await refusalOf(await post(request, path, body))).toMatchObject({ code });
  const release = { action: "release", person: "Ada", key: "note", agent: "Bob" };
  const restore = { action: "restore", person: "Ada", key: "note", revision: 9 };
  const subscribe = { action: "subscribe", person: "Ada", agent: "Bob", topics: ["news"] };
  expect(await records(mesh)).toEqual([
    release,
    { ...release, failed: "CONFLICT" },
    restore,
    { ...restore, failed: "NOT_FOUND" },
    subscribe,
    { ...subscribe, failed: "FORBIDDEN" },
  ]);
});

it("subscribes an agent, and ends its subscription", async () => {
  const { act, mesh } = await openDesk();
  const change = { agent: "Bob", topics: ["news", "sport"] };
  expect(await act("api/subscribe", change)).toEqual({ actor: "Bob", topics: ["news", "sport"] });
  expect(await mesh.agent("Bob").subscriptions()).toEqual(["news", "sport"]);
  await act("api/unsubscribe", { agent: "Bob", topics: ["sport"] });
  expect(await mesh.agent("Bob").subscriptions()).toEqual(["news"]);
  expect(await records(mesh)).toMatchObject([
    { action: "subscribe", agent: "Bob" },
    { action: "unsubscribe", agent: "Bob" },
  ]);
});

it("sends a message to an agent's inbox", async () => {
  const { act, mesh } = await openDesk();
  const { key, unknownSubscribers } = await act("api/say", { agent: "Bob", message: "Hello." });
  expect(unknownSubscribers).toEqual([{ name: "Bob" }]);
  expect(await mesh.agent("Bob").getItem(key)).toMatchObject({
    author: "Ada",
    value: { message: "Hello." },
  });
});

it("sets and clears permissions", async () => {
  const { act, mesh } = await openDesk();
  await mesh.agent("Bob").subscribe(["news"]);
  const set = await act("api/permissions", { agent: "Bob", permissions: { post: "*" } });
  expect(set.topics).toEqual(["news"]);
  expect(await mesh.permissions("Bob")).toMatchObject({ post: "*", subscribe: [], global: false });
  await act("api/permissions", { agent: "Bob", permissions: null });
  expect(await mesh.permissions("Bob")).toBeNull();
});

it("acts under the name that the login gives, within its permissions", async () => {
  const mesh = openMesh();
  await mesh.setPermissions("Eve", { post: ["news"] });
  const { act } = await openStudio({
    mesh,
    write: true,
    authorize: () => ({ person: "Eve" }),
  });
  await act("api/push", { key: "note", value: 1, topics: ["news"] });
  expect((await mesh.system.getItem("note"))?.author).toBe("Eve");
  await expect(act("api/push", { key: "x", value: 1, global: true })).rejects.toThrow("FORBIDDEN");
});

it.each([
  ["api/push", { key: "note", value: 1, topics: ["a"] }],
  ["api/delete", { key: "note" }],
  ["api/retry-all", {}],
])("refuses %s in a read-only Studio", async (path, body) => {
  const mesh = openMesh();
  const readOnly = await openStudio({ mesh });
  expect(await refusalOf(await post(readOnly.request, path, body))).toMatchObject({
    status: 403,
    code: "READ_ONLY",
    hint: "Start it with `--write`, or pass `write: true` to studioHandler.",
  });
  const reader = await openStudio({ mesh, write: true, authorize: () => ({ write: false }) });
  expect(await reader.read("api/session")).toMatchObject({ write: false });
  expect((await post(reader.request, path, body)).status).toBe(403);
  const notGranted = await openStudio({ mesh, authorize: () => ({ write: true }) });
  expect((await post(notGranted.request, path, body)).status).toBe(403);
});

it.each([
  ["no route", { key: "a", value: 1 }, 400, "ROUTE_REQUIRED"],
  ["no value", { key: "a", global: true }, 400, "INVALID_ARGUMENTS"],
  ["an unknown property", { key: "a", value: 1, subscriber: ["Bob"] }, 400, "INVALID_ARGUMENTS"],
  ["a wrong type", { key: 1, value: 1, global: true }, 400, "INVALID_ARGUMENTS"],
  ["a stale revision", { key: "a", value: 1, global: true, ifRevision: 9 }, 409, "CONFLICT"],
  [
    "a time that is none",
    { key: "a", value: 1, global: true, ttl: "soon" },
    400,
    "INVALID_ARGUMENTS",
  ],
  ["too large a value", { key: "a", value: "x".repeat(300_000), global: true }, 413, "TOO_LARGE"],
])("refuses a push with %s, and changes nothing", async (_, body, status, code) => {
  const { request, mesh } = await openDesk();
  const refusal = await refusalOf(await post(request, "api/push", body));
  expect(refusal).toMatchObject({ status, code });
  expect(refusal.hint).not.toBe("");
  expect((await mesh.stats()).revision).toBe(0);
});
