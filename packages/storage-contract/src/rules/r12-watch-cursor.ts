import { expect } from "vitest";
import type { ContextMesh, Watch, WatchChange } from "@syntha/core";
import { Feed, formatChange, rule, type World } from "../harness/index.ts";

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

/** A watch with buffered changes, and all changes that it emits. */
const SITUATIONS: readonly [
  string,
  (world: World, stop: AbortController) => Promise<{ mesh: ContextMesh; watch: Watch }>,
  readonly string[],
][] = [
  [
    "live changes",
    async (world, { signal }) => {
      const mesh = world.mesh();
      const watch = mesh.agent("Bea").watch({ signal });
      const other = new Feed(mesh.agent("Bea").watch());
      for (const key of KEYS) await mesh.system.push(key, 1, { global: true });
      await other.take(KEYS.length);
      return { mesh, watch };
    },
    PUTS,
  ],
  [
    "the changes after a cursor",
    async (world, { signal }) => {
      const mesh = world.mesh();
      const { cursor } = await mesh.agent("Bea").changes();
      for (const key of KEYS) await mesh.system.push(key, 1, { global: true });
      const watch = mesh.agent("Bea").watch({ since: cursor, signal });
      return { mesh, watch };
    },
    PUTS,
  ],
  [
    "the initial listing",
    async (world, { signal }) => {
      const mesh = world.mesh();
      for (const key of KEYS) await mesh.system.push(key, 1, { global: true });
      const watch = mesh.agent("Bea").watch({ initial: true, signal });
      return { mesh, watch };
    },
    [...PUTS, "ready"],
  ],
  [
    "what a subscription brings into view",
    async (world, { signal }) => {
      const mesh = world.mesh();
      for (const key of KEYS) await mesh.system.push(key, 1, { topics: ["news"] });
      const watch = mesh.agent("Bea").watch({ signal });
      const other = new Feed(mesh.agent("Bea").watch());
      await mesh.agent("Bea").subscribe(["news"]);
      await other.take(KEYS.length);
      return { mesh, watch };
    },
    PUTS,
  ],
  [
    "what an end of a subscription takes out of view",
    async (world, { signal }) => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["news"]);
      for (const key of KEYS) await mesh.system.push(key, 1, { topics: ["news"] });
      const watch = mesh.agent("Bea").watch({ signal });
      const other = new Feed(mesh.agent("Bea").watch());
      await mesh.agent("Bea").unsubscribe(["news"]);
      await other.take(KEYS.length);
      return { mesh, watch };
    },
    KEYS.map((key) => `hide ${key}`),
  ],
];

const CASES = SITUATIONS.flatMap(([what, start, lines]) =>
  ENDINGS.map(([how, end]) => ({ what, how, start, lines, end })),
);

export const watchCursor = rule("R12 Watch cursor", {
  core(world, it) {
    it.each(CASES)("follows the last change taken of $what after $how", async (given) => {
      const { start, lines, end } = given;
      const stop = new AbortController();
      const { mesh, watch } = await start(world, stop);
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
