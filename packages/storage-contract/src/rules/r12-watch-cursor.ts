import { expect } from "vitest";
import type { AgentContext, ContextMesh, RouteInput, Watch, WatchChange } from "@syntha/core";
import { Feed, formatChange, rule } from "../harness/index.ts";

interface OpenWatch {
  readonly watch: Watch;
  readonly mesh: ContextMesh;
  readonly stop: AbortController;
}

const ENDINGS: readonly [string, (ending: OpenWatch) => unknown][] = [
  ["return", ({ watch }) => watch.return()],
  ["dispose", ({ watch }) => watch[Symbol.asyncDispose]()],
  ["its signal", ({ stop }) => stop.abort()],
  ["its mesh closing", ({ mesh }) => mesh.close()],
];

const KEYS = ["1", "2", "3", "4", "5"];
const PUTS = KEYS.map((key) => `put ${key}=1`);

const pushKeys = async ({ system }: ContextMesh, route: RouteInput): Promise<void> => {
  for (const key of KEYS) await system.push(key, 1, route);
};
const pushAll = (mesh: ContextMesh): Promise<void> => pushKeys(mesh, { global: true });
const pushNews = (mesh: ContextMesh): Promise<void> => pushKeys(mesh, { topics: ["news"] });

/** Changes that a watch has buffered: what happens before and after it starts, and all that it emits. */
const SITUATIONS: readonly {
  readonly what: string;
  readonly before?: (mesh: ContextMesh, bea: AgentContext) => Promise<unknown>;
  readonly after?: (mesh: ContextMesh, bea: AgentContext) => Promise<unknown>;
  readonly from?: "initial" | "cursor";
  readonly lines: readonly string[];
}[] = [
  { what: "live changes", after: pushAll, lines: PUTS },
  { what: "the changes after a cursor", from: "cursor", before: pushAll, lines: PUTS },
  { what: "the initial listing", from: "initial", before: pushAll, lines: [...PUTS, "ready"] },
  {
    what: "what a subscription brings into view",
    before: pushNews,
    after: (_, bea) => bea.subscribe(["news"]),
    lines: PUTS,
  },
  {
    what: "what an end of a subscription takes out of view",
    async before(mesh, bea) {
      await bea.subscribe(["news"]);
      await pushNews(mesh);
    },
    after: (_, bea) => bea.unsubscribe(["news"]),
    lines: KEYS.map((key) => `hide ${key}`),
  },
];

const CASES = SITUATIONS.flatMap((situation) =>
  ENDINGS.map(([how, end]) => ({ ...situation, how, end })),
);

export const watchCursor = rule("R12 Watch cursor", {
  core(world, it) {
    it.each(CASES)("follows the last change taken of $what after $how", async (given) => {
      const { before, after, from, lines, end } = given;
      const stop = new AbortController();
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      const { cursor: since } = await bea.changes();
      await before?.(mesh, bea);
      const start = from === "cursor" ? { since } : { initial: from === "initial" };
      const watch = bea.watch({ ...start, signal: stop.signal });
      if (after !== undefined) {
        const other = new Feed(bea.watch());
        await after(mesh, bea);
        await other.take(KEYS.length);
      }
      const taken: string[] = [];
      for (let n = 0; n < 2; n++)
        taken.push(formatChange((await watch.next()).value as WatchChange));
      await end({ watch, mesh, stop });
      expect(await watch.next()).toEqual({ done: true, value: undefined });
      const { cursor } = watch;
      const again = world.mesh({ tenantId: mesh.tenantId });
      const rest = new Feed(again.agent("Bea").watch({ since: cursor }));
      expect([...taken, ...(await rest.drain(again))]).toEqual(lines);
      expect(watch.cursor).toBe(cursor);
    });

    it("follows the last change taken in a loop", async ({ system }) => {
      const watch = system.watch();
      const other = new Feed(system.watch());
      for (const key of KEYS) await system.push(key, 1, { global: true });
      await other.take(KEYS.length);
      for await (const change of watch) {
        expect(watch.cursor).toBe(change.cursor);
        if (change.type === "put" && change.item.key === "3") break;
      }
      const { changes } = await system.changes({ since: watch.cursor });
      expect(changes.map(formatChange)).toEqual(PUTS.slice(3));
    });

    it("does not pass dropped changes before a later one is taken", async ({ system }) => {
      const watch = system.watch({ buffer: 2 });
      const other = new Feed(system.watch());
      for (const key of KEYS) await system.push(key, 1, { global: true });
      await other.take(KEYS.length);
      for (let n = 0; n < 2; n++) await watch.next();
      const { value: lagged } = await watch.next();
      expect(lagged).toMatchObject({ type: "lagged", dropped: 3 });
      expect(watch.cursor).toBe(lagged?.cursor);
      const { changes } = await system.changes({ since: watch.cursor });
      expect(changes.map(formatChange)).toEqual(PUTS.slice(2));
      await system.push("6", 1, { global: true });
      const { value: next } = await watch.next();
      expect(watch.cursor).toBe(next?.cursor);
      await watch.return();
    });

    it("reaches ready with a full buffer", async ({ system }) => {
      for (const key of KEYS) await system.push(key, 1, { global: true });
      const watch = system.watch({ initial: true, buffer: KEYS.length });
      // Waits until the buffer is full.
      const other = new Feed(system.watch({ initial: true }));
      await other.take(KEYS.length + 1);
      const lines: string[] = [];
      while (lines.length <= KEYS.length)
        lines.push(formatChange((await watch.next()).value as WatchChange));
      expect(lines).toEqual([...PUTS, "ready"]);
      await watch.return();
    });
  },
});
