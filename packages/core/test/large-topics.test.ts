import { ContextMesh, type ErrorCode, isSynthaError } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { MemoryStorage } from "@syntha/core";
import { describe, expect, it, onTestFinished } from "vitest";

const MOST = 10_000;
const clock = manualClock();

function newMesh(): ContextMesh {
  const mesh = new ContextMesh({ storage: new MemoryStorage({ clock }), sweepEvery: false });
  onTestFinished(() => mesh.close());
  return mesh;
}

async function push(mesh: ContextMesh, count: number, value: unknown = 1, ttl?: "1m") {
  const item = (_: unknown, n: number) => ({ key: `item ${n}`, value, topics: ["t"], ttl });
  const items = Array.from({ length: count }, item);
  for (let from = 0; from < count; from += MOST)
    await mesh.system.pushMany(items.slice(from, from + MOST));
}

async function subscribe(mesh: ContextMesh, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, n) => `agent ${n}`);
  await Promise.all(names.map((name) => mesh.agent(name).subscribe(["t"])));
}

async function publish(mesh: ContextMesh, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => n);
  await Promise.all(numbers.map((n) => mesh.system.publish("e", n, { topics: ["t"] })));
}

async function refusal(call: Promise<unknown>, code: ErrorCode) {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!isSynthaError(error)) throw new Error("It was not refused.", { cause: error });
  expect(error.code).toBe(code);
  return error;
}

describe("a topic that is too large to delete in one commit", () => {
  it("is refused unchanged, and deleted after following the hint for items", async () => {
    const mesh = newMesh();
    await subscribe(mesh, 1);
    await push(mesh, MOST);
    const before = await mesh.stats();
    const { details, hint } = await refusal(mesh.deleteTopic("t"), "TOO_LARGE");
    expect(details).toEqual({ what: 'the topic "t"', size: MOST + 1, maximum: MOST });
    expect(hint).toMatch(
      /mesh\.system\.keys\(\{ topics: \["t"\] \}\).*mesh\.system\.delete\(key\)/,
    );
    expect(await mesh.stats()).toEqual(before);
    for (const key of await mesh.system.keys({ topics: ["t"] })) await mesh.system.delete(key);
    expect(await mesh.deleteTopic("t")).toEqual({ deleted: 0, kept: 0, subscribers: 1 });
  });

  it("is deleted after following the hint for subscriptions", async () => {
    const mesh = newMesh();
    await push(mesh, 1);
    await subscribe(mesh, MOST);
    const { hint } = await refusal(mesh.deleteTopic("t"), "TOO_LARGE");
    expect(hint).toMatch(/mesh\.subscribers\("t"\).*unsubscribe\(\["t"\]\)/);
    for (const name of await mesh.subscribers("t")) await mesh.agent(name).unsubscribe(["t"]);
    expect(await mesh.deleteTopic("t")).toEqual({ deleted: 1, kept: 0, subscribers: 0 });
  });

  it("is deleted after following the hint for events", async () => {
    const mesh = newMesh();
    await push(mesh, 1);
    await publish(mesh, MOST);
    const { hint } = await refusal(mesh.deleteTopic("t"), "TOO_LARGE");
    expect(hint).toMatch(/compact\(\{ log: \{ commits: 0 \}, events: \{ count: 1_000 \} \}\)/);
    await mesh.compact({ log: { commits: 0 }, events: { count: 1_000 } });
    expect(await mesh.deleteTopic("t")).toEqual({ deleted: 1, kept: 0, subscribers: 0 });
    expect((await mesh.stats()).events).toBe(1_000);
  });

  it("is refused if its values are too large", async () => {
    const mesh = newMesh();
    await push(mesh, 150, "x".repeat(250_000));
    const { details } = await refusal(mesh.deleteTopic("t"), "TOO_LARGE");
    expect(details).toMatchObject({ maximum: 32 * 1024 * 1024 });
    expect((await mesh.stats()).items).toBe(150);
  });

  it("does not count expired items", async () => {
    const mesh = newMesh();
    await subscribe(mesh, 1);
    await push(mesh, MOST + 1, 1, "1m");
    clock.advance("1m");
    expect(await mesh.deleteTopic("t")).toEqual({ deleted: 0, kept: 0, subscribers: 1 });
    expect(await mesh.stats()).toMatchObject({ items: 0, expired: 0, topics: 0 });
  });
});

it("refuses permissions that end too many subscriptions, until they are ended as the hint says", async () => {
  const mesh = newMesh();
  const bot = mesh.agent("Bot");
  const topics = Array.from({ length: MOST + 1 }, (_, n) => `topic ${n}`);
  for (let from = 0; from < topics.length; from += 1_000)
    await bot.subscribe(topics.slice(from, from + 1_000));
  const { hint, details } = await refusal(mesh.setPermissions("Bot", { post: [] }), "TOO_LARGE");
  expect(details).toMatchObject({ size: MOST + 1, maximum: MOST });
  expect(hint).toMatch(/mesh\.agent\("Bot"\)\.unsubscribe\(topics\)/);
  expect(await mesh.permissions("Bot")).toBeNull();
  await bot.unsubscribe((await bot.subscriptions()).slice(0, 1_000));
  const { unsubscribed } = await mesh.setPermissions("Bot", { post: [] });
  expect(unsubscribed.length).toBe(MOST + 1 - 1_000);
});
