import { type Era } from "./support/eras.ts";
import { ResourceNotFoundError } from "@modelcontextprotocol/client";
import { type AgentContext, ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { changesUri, itemUri, topicUri } from "../src/resources/resource-uri.ts";
import { connect, type Connected } from "./support/connect.ts";
import { listen, readJson } from "./support/resource-client.ts";
import { until } from "./support/until.ts";

const TOPICS = ["red", "green", "blue"] as const;
const KEYS = Array.from({ length: 12 }, (_, i) => `key!${i}/${"abcdefghijkl"[i]}`);
const AGENTS: readonly (readonly [name: string, era: Era])[] = [
  ["Ann", "modern"],
  ["Bob", "legacy"],
  ["Cid", "modern"],
  ["Dee", "legacy"],
];
const STEPS = process.env["SYNTHA_TESTS"] === "full" ? 2_500 : 120;

/** What an agent sees: the revision of each item. */
type View = ReadonlyMap<string, number>;

interface Member {
  readonly agent: AgentContext;
  readonly connection: Connected;
  /** Items that it ever saw. */
  readonly seen: Set<string>;
}

const touched = (before: View, after: View): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => before.get(key) !== after.get(key),
  );

async function viewOf(agent: AgentContext): Promise<View> {
  const { items } = await agent.list({ limit: 1_000 });
  return new Map(
    items.filter(({ key }) => KEYS.includes(key)).map(({ key, revision }) => [key, revision]),
  );
}

async function pagesOf(agent: AgentContext): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for (const topic of TOPICS) {
    const { items } = await agent.list({ topics: [topic] });
    pages.set(topic, JSON.stringify(items.map(({ key, revision }) => [key, revision])));
  }
  return pages;
}

/** What a client reads of items, in every way. */
async function readAll({ connection, seen }: Member, since: string): Promise<unknown> {
  const { client } = connection;
  const { resources } = await client.listResources();
  const values: Record<string, unknown> = {};
  for (const key of KEYS) {
    const read = readJson(client, itemUri(key)) as Promise<{ revision: number }>;
    values[key] = await read.then(
      ({ revision }) => revision,
      (error: unknown) => error instanceof ResourceNotFoundError && undefined,
    );
  }
  const topics: Record<string, string> = {};
  for (const topic of TOPICS) {
    const { items } = (await readJson(client, topicUri(topic))) as {
      items: { key: string; revision: number }[];
    };
    topics[topic] = JSON.stringify(items.map(({ key, revision }) => [key, revision]));
  }
  const { changes } = (await readJson(client, changesUri(since))) as {
    changes: { type: string; item?: { key: string } }[];
  };
  const shown = changes.flatMap(({ item }) => item?.key ?? []);
  const ref = { type: "ref/resource", uri: "syntha://item/{key}" } as const;
  const { completion } = await client.complete({ ref, argument: { name: "key", value: "key!" } });
  return {
    listed: resources.map(({ name }) => name).filter((name) => KEYS.includes(name)),
    completed: completion.values,
    values,
    topics,
    unseen: shown.filter((key) => KEYS.includes(key) && !seen.has(key)),
  };
}

/** The same, by the mesh. */
async function expectedOf(agent: AgentContext): Promise<unknown> {
  const view = await viewOf(agent);
  return {
    listed: [...view.keys()],
    completed: [...view.keys()],
    values: Object.fromEntries(KEYS.map((key) => [key, view.get(key)])),
    topics: Object.fromEntries(await pagesOf(agent)),
    unseen: [],
  };
}

it("notifies each agent of exactly the items that it sees or saw", async () => {
  const mesh = new ContextMesh();
  const seed = Number(process.env["SYNTHA_SEED"] ?? 1 + Math.floor(Math.random() * 1e6));
  let state = seed;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;

  const members: Member[] = [];
  const uris = [...KEYS.map(itemUri), ...TOPICS.map((topic) => topicUri(topic))];
  for (const [name, era] of AGENTS) {
    const agent = mesh.agent(name);
    const connection = await connect(agent, era);
    await listen(connection.client, era, [...uris, itemUri("barrier")]);
    members.push({ agent, connection, seen: new Set() });
  }

  const route = () => {
    const kind = random(10);
    if (kind === 0) return { global: true };
    if (kind < 4) return { subscribers: [pick(AGENTS)[0]] };
    return kind < 8
      ? { topics: [pick(TOPICS)] }
      : { topics: [pick(TOPICS), pick(TOPICS)], subscribers: [pick(AGENTS)[0]] };
  };

  const step = async (): Promise<string> => {
    const { agent } = pick(members);
    const key = pick(KEYS);
    const kind = random(10);
    const act = async (): Promise<unknown> => {
      const value = `secret of ${key}`;
      if (kind < 4) return agent.push(key, value, route());
      if (kind === 4) return agent.push(key, value);
      if (kind === 5) return mesh.system.push(key, value, route());
      if (kind === 6) return mesh.system.delete(key);
      if (kind === 7) return agent.unsubscribe([pick(TOPICS)]);
      return agent.subscribe([pick(TOPICS)]);
    };
    const refused = await act().then(
      () => undefined,
      (error: unknown) => (error as { code: string }).code,
    );
    expect([undefined, "KEY_TAKEN", "NOT_OWNER", "ROUTE_REQUIRED"]).toContain(refused);
    return `${kind} ${agent.name} ${key}`;
  };

  const { cursor: since } = await mesh.system.changes();
  for (let i = 0; i < STEPS; i++) {
    const readers = i % 20 === 0 ? members : [];
    for (const member of readers)
      expect(await readAll(member, since)).toEqual(await expectedOf(member.agent));
    const before = await Promise.all(members.map(({ agent }) => viewOf(agent)));
    const pages = await Promise.all(members.map(({ agent }) => pagesOf(agent)));
    const starts = members.map(({ connection }) => connection.notices.length);
    const what = `seed ${seed}, step ${i}: ${await step()}`;
    const after = await Promise.all(members.map(({ agent }) => viewOf(agent)));
    const pagesAfter = await Promise.all(members.map(({ agent }) => pagesOf(agent)));
    for (const [m, { seen }] of members.entries())
      for (const key of (after[m] as View).keys()) seen.add(key);
    await mesh.system.delete("barrier");
    await mesh.system.push("barrier", i, { global: true });
    for (const [m, { connection }] of members.entries()) {
      const start = starts[m] as number;
      const barrier = itemUri("barrier");
      const fresh = () => connection.notices.slice(start);
      // The barrier is deleted, but for the first time, and pushed; then the list is announced.
      await until(() => fresh().filter(({ uri }) => uri === barrier).length === (i === 0 ? 1 : 2));
      const last = fresh().findLast(({ uri }) => uri === barrier)?.cursor;
      await until(() =>
        fresh().some(({ method, cursor }) => method !== "updated" && cursor === last),
      );
      const notified = new Set(fresh().flatMap(({ uri }) => uri ?? []));
      notified.delete(barrier);
      const changedPages = TOPICS.filter(
        (topic) => pages[m]?.get(topic) !== pagesAfter[m]?.get(topic),
      );
      const items = touched(before[m] as View, after[m] as View).map(itemUri);
      const topics = TOPICS.filter((topic) => notified.has(topicUri(topic)));
      expect({
        what,
        items: [...notified].filter((uri) => uri.startsWith("syntha://item/")).sort(),
        missed: changedPages.filter((topic) => !topics.includes(topic)),
        // Where the agent sees no change, not even a topic is named.
        needless: items.length === 0 ? topics : [],
      }).toEqual({ what, items: items.sort(), missed: [], needless: [] });
    }
  }
  for (const { connection } of members) {
    const notifications = connection.received.filter((message) => "method" in message);
    expect(notifications.length).toBeGreaterThan(STEPS);
    expect(JSON.stringify(notifications)).not.toContain("secret");
  }
});
