import { type AgentContext, ContextMesh, type Item } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished } from "vitest";
import type { ItemSummary, LiveMessage, TimelineEntry } from "../src/index.ts";
import { type Dice, diceOf } from "./support/hostile.ts";
import { actAtRandom, TEAM } from "./support/random-team.ts";
import { openStudio, type StudioClient } from "./support/studio.ts";
import { tempFile } from "./support/temp-file.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const STEPS = 60;

interface Desk {
  readonly mesh: ContextMesh;
  readonly studio: StudioClient;
  readonly step: () => Promise<void>;
}

async function openDesk(roll: Dice): Promise<Desk> {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path: tempFile(), clock }) });
  onTestFinished(() => mesh.close());
  for (const name of TEAM) await mesh.agent(name).announce({ description: name });
  return {
    mesh,
    studio: await openStudio({ mesh }),
    step: () => actAtRandom(mesh, clock, roll),
  };
}

/** What a reader has, as the mesh itself answers. */
async function heldBy(reader: AgentContext): Promise<readonly string[]> {
  const held: string[] = [];
  for (let page: string | undefined, first = true; first || page !== undefined; first = false) {
    const listed = await reader.list({ limit: 3, page });
    held.push(...listed.items.map(({ key, revision }) => `${key} ${revision}`));
    page = listed.nextPage;
  }
  return held;
}

function named(items: readonly Pick<Item | ItemSummary, "key" | "revision">[]): readonly string[] {
  return items.map(({ key, revision }) => `${key} ${revision}`);
}

/** All pages of `api/items`. */
async function listed(
  { read }: StudioClient,
  query: Readonly<Record<string, string>>,
): Promise<readonly ItemSummary[]> {
  const items: ItemSummary[] = [];
  for (let page: string | undefined, first = true; first || page !== undefined; first = false) {
    const answer = await read("api/items", { ...query, limit: "2", ...(page ? { page } : {}) });
    items.push(...answer.items);
    page = answer.nextPage;
  }
  return items;
}

/** All pages of `api/log`, from its end. */
async function logOf({ read }: StudioClient, as: string): Promise<readonly TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (let before: number | undefined, first = true; first || before !== undefined; first = false) {
    const page = await read("api/log", { as, limit: "4", ...(before && { before: `${before}` }) });
    entries.unshift(...page.entries);
    before = page.before;
  }
  return entries;
}

/** A page that changes in place what it shows, by what the stream sends. */
class LivePage {
  readonly #items: Map<string, ItemSummary>;

  constructor(items: readonly ItemSummary[]) {
    this.#items = new Map(items.map((item) => [item.key, item]));
  }

  apply(message: LiveMessage): void {
    if (message.type === "put") this.#items.set(message.item.key, message.item);
    else if (message.type === "visibility")
      for (const key of message.keys) {
        const item = this.#items.get(key);
        if (item !== undefined) this.#items.set(key, { ...item, visible: message.visible });
      }
    else if ("key" in message && message.key !== undefined) this.#items.delete(message.key);
  }

  get items(): readonly ItemSummary[] {
    return [...this.#items.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }
}

it("shows every view as the agent itself would be answered, after any history", async () => {
  const { mesh, studio, step } = await openDesk(diceOf(seed));
  const { read } = studio;
  for (let n = 0; n < STEPS; n++) {
    await step();
    if (n % 6 !== 5) continue;
    const all = await heldBy(mesh.system);
    for (const as of TEAM) {
      const agent = mesh.agent(as);
      const held = await heldBy(agent);
      const why = `seed ${seed}, step ${n}, ${as}`;
      expect(named(await listed(studio, { as, mode: "own" })), why).toEqual(held);
      const dimmed = await listed(studio, { as });
      expect(named(dimmed), why).toEqual(all);
      expect(named(dimmed.filter(({ visible }) => visible)), why).toEqual(held);
      expect(await read("api/visibility", { as }), why).toEqual({
        visible: held.length,
        hidden: all.length - held.length,
        isExact: true,
      });
      const { nodes } = await read("api/tree", { as });
      expect(
        nodes.reduce((sum, { items }) => sum + items, 0),
        why,
      ).toBe(held.length);
      const graph = await read("api/graph", { as });
      const drawn = graph.items.filter(({ visible }) => visible);
      expect(named(drawn).toSorted(), why).toEqual([...held].toSorted());
      const { topics } = await agent.topics();
      expect((await read("api/topics", { as })).topics, why).toEqual(topics);
      const { events } = await agent.events();
      const shown = (await read("api/events", { as })).events.map(({ id }) => id);
      expect(shown, why).toEqual(events.map(({ id }) => id));
      const { columns } = await read("api/tasks", { as });
      for (const { items } of Object.values(columns))
        for (const { key, revision, visible } of items)
          expect(visible, `${why}, task ${key}`).toBe(held.includes(`${key} ${revision}`));
      for (const { type, key, position, event, visible } of await logOf(studio, as)) {
        const entry = `${why}, ${type} ${key ?? ""} at ${position}`;
        if (type === "event" && event !== undefined)
          expect(visible, entry).toBe(shown.includes(event.id));
        if (type === "put" && all.includes(`${key} ${position}`))
          expect(visible, entry).toBe(held.includes(`${key} ${position}`));
      }
      for (const { key, visible } of dimmed) {
        const detail = await read("api/item", { as, key });
        expect(detail.item?.visible, why).toBe(visible);
        expect(detail.explanation?.visible, why).toBe(visible);
        const { agents } = await read("api/item/audience", { key });
        expect(agents.find(({ agent: name }) => name === as)?.visible, why).toBe(visible);
      }
    }
  }
});

it("shows every view at earlier positions as the agent was answered then", async () => {
  const { mesh, studio, step } = await openDesk(diceOf(seed));
  const then = new Map<number, ReadonlyMap<string, readonly string[]>>();
  for (let n = 0; n < STEPS; n++) {
    await step();
    const held = new Map<string, readonly string[]>();
    for (const as of TEAM) held.set(as, await heldBy(mesh.agent(as)));
    then.set((await mesh.stats()).revision, held);
  }
  for (const [position, held] of [...then].filter((_, index) => index % 5 === 0))
    for (const as of TEAM) {
      const why = `seed ${seed}, position ${position}, ${as}`;
      const at = String(position);
      expect(named(await listed(studio, { as, mode: "own", at })), why).toEqual(held.get(as));
      const dimmed = await listed(studio, { as, at });
      expect(named(dimmed.filter(({ visible }) => visible)), why).toEqual(held.get(as));
      const { visible } = await studio.read("api/visibility", { as, at });
      expect(visible, why).toBe(held.get(as)?.length);
    }
});

it("keeps a page that is open equal to what the agent is answered", async () => {
  const { mesh, studio, step } = await openDesk(diceOf(seed));
  for (let n = 0; n < 20; n++) await step();
  const views = TEAM.flatMap((as) => (["dim", "own"] as const).map((mode) => ({ as, mode })));
  const pages = await Promise.all(
    views.map(async ({ as, mode }) => {
      const stream = await studio.live({ as, mode });
      await stream.first(({ type }) => type === "ready");
      return { as, mode, stream, page: new LivePage(await listed(studio, { as, mode })) };
    }),
  );
  for (let n = 0; n < STEPS; n++) await step();
  await mesh.system.push("~last", 1, { global: true });
  for (const { as, mode, stream, page } of pages) {
    await stream.put("~last");
    const why = `seed ${seed}, ${as}, ${mode}`;
    const current = async (): Promise<unknown> => {
      const live = new LivePage(page.items);
      for (const message of stream.messages) live.apply(message);
      return live.items.map(({ key, revision, visible }) => [key, revision, visible]);
    };
    const now = await listed(studio, { as, mode });
    const expected = now.map(({ key, revision, visible }) => [key, revision, visible]);
    await expect.poll(current, { message: why, timeout: 10_000 }).toEqual(expected);
    if (mode === "own") expect(named(now), why).toEqual(await heldBy(mesh.agent(as)));
  }
});
