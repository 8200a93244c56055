import { ContextMesh, type JsonValue } from "@syntha/core";
import { expect, it, onTestFinished } from "vitest";
import { deepValue, diceOf, hostileName } from "./support/hostile.ts";
import { openStudio, withQuery } from "./support/studio.ts";

it("shows a mesh whose keys, names and values are attacks as it is", async () => {
  const seed = Date.now() % 1e9;
  const roll = diceOf(seed);
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  const values = new Map<string, JsonValue>();
  const names = Array.from({ length: 12 }, () => hostileName(roll));
  const pick = (): string => names[roll(names.length)] as string;
  for (let n = 0; n < 60; n++) {
    const [key, author, topic] = [hostileName(roll), pick(), pick()];
    const text = hostileName(roll);
    const value = roll(3) === 0 ? deepValue(text) : { text, list: [text, null, 1e21] };
    if (values.has(key)) continue;
    values.set(key, value as JsonValue);
    await mesh.agent(author).push(key, value, { topics: [topic], subscribers: [pick()] });
    await mesh.agent(pick()).subscribe([pick()]);
    await mesh.agent(pick()).publish(pick(), value, { topics: [pick()] });
    await mesh.agent(author).announce({ description: text, capabilities: [text] });
  }
  const studio = await openStudio({ mesh, write: true });
  const { items } = await studio.read("api/items", { limit: "500", as: pick() });
  expect([seed, items.map(({ key }) => key).toSorted()]).toEqual([
    seed,
    [...values.keys()].toSorted(),
  ]);
  for (const [key, value] of values) {
    const detail = await studio.read("api/item", { key, as: pick() });
    expect([seed, detail.value]).toEqual([seed, value]);
    const direct = await mesh.system.getItem(key);
    expect([seed, detail.item]).toMatchObject([
      seed,
      { owner: direct?.owner, topics: direct?.topics },
    ]);
  }
  const { agents } = await studio.read("api/agents", { limit: "500" });
  const known = await mesh.agents({ limit: 1_000 });
  expect([seed, agents.map(({ name }) => name)]).toEqual([
    seed,
    known.agents.map(({ name }) => name),
  ]);
  for (const name of names) {
    await studio.read("api/items", { as: name, mode: "own" });
    await studio.read("api/graph", { as: name, topic: name });
    await studio.read("api/tree", { prefix: name });
    await studio.read("api/prompt", { as: name });
    await studio.read("api/log", { actor: name });
    await studio.read("api/events", { type: name, as: name });
    await studio.read("api/tasks", { topic: name });
    await studio.read("api/overview");
    expect(
      (await studio.read("api/topics", { prefix: name })).topics.every((topic) =>
        topic.name.startsWith(name),
      ),
    ).toBe(true);
  }
});

it("sends keys and values that imitate its stream's lines as one message each", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  const { live } = await openStudio({ mesh });
  const client = await live({ as: "\r\nid: 7\n\n" });
  await client.first(({ type }) => type === "ready");
  const roll = diceOf(7);
  const keys: string[] = [];
  for (let n = 0; n < 40; n++) {
    const key = `${n}\n\nevent: lagged\ndata: {}\n\n${hostileName(roll)}\u2028`;
    keys.push(key);
    await mesh.system.push(key, deepValue(key), { global: true });
  }
  await client.put(keys.at(-1) as string);
  expect(client.keys).toEqual(keys);
  expect(new Set(client.messages.map(({ type }) => type))).toEqual(
    new Set(["ready", "put", "visibility"]),
  );
});

it("shortens a large value without splitting a character", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  await mesh.system.push("large", `${"x".repeat(1_022)}😀${"é".repeat(100_000)}`, { global: true });
  const { read } = await openStudio({ mesh });
  const { items } = await read("api/items");
  expect(items[0]?.preview).toBe(`"${"x".repeat(1_022)}`);
  expect(items[0]?.bytes).toBe(1_022 + 4 + 200_000 + 2);
});

it("answers every query, however it is made up, with JSON and a status of a client's error", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  const errors: Error[] = [];
  const studio = await openStudio({ mesh, onError: (error) => errors.push(error) });
  const roll = diceOf(42);
  const paths =
    `items item item/history item/audience tree topics agents events tasks graph log prompt tenants
    visibility overview session live __proto__ constructor ../session %2e%2e/x items/ Items`.split(
      /\s+/,
    );
  const names = "key as at limit page prefix since before after state tenant mode".split(" ");
  const figures = ["-1", "0", "1e9", "NaN", "9".repeat(30), "0x10", " 1", "1.5", "٣"];
  for (let n = 0; n < 400; n++) {
    const path = paths[roll(paths.length)] as string;
    const query: Record<string, string> = {};
    for (let each = roll(4); each > 0; each--) {
      const value = roll(2) === 0 ? hostileName(roll) : (figures[roll(figures.length)] as string);
      query[names[roll(names.length)] as string] = value;
    }
    const stop = new AbortController();
    const response = await studio.request(withQuery(`api/${path}`, query), { signal: stop.signal });
    const where = `${path} ${JSON.stringify(query)}`;
    expect([where, response.status < 500]).toEqual([where, true]);
    const isStream = response.headers.get("content-type") === "text/event-stream";
    const answer: unknown = isStream ? {} : await response.json();
    expect([where, typeof answer]).toEqual([where, "object"]);
    stop.abort();
  }
  expect(errors).toEqual([]);
});

it("refuses text that is no key, and a query that is too long", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  const { refusal, request } = await openStudio({ mesh });
  expect(await refusal("api/item", { key: "a\0b" })).toMatchObject({ code: "INVALID_TEXT" });
  expect(await refusal("api/item", { key: "x".repeat(300) })).toMatchObject({ code: "TOO_LARGE" });
  expect(await refusal("api/item", { key: "x".repeat(5_000) })).toMatchObject({ status: 400 });
  expect((await request("api/item?key=%E0%A4%A")).status).toBe(200);
});
