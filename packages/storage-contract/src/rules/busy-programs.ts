import { expect, it } from "vitest";
import type { AgentContext } from "@syntha/core";
import { rule } from "../harness/index.ts";

/** Far more than any storage answers in one turn of the event loop. */
const CALLS = 100_000;

/** The runtime of Cloudflare Workers runs timers when it has nothing else to do. */
const isWorker =
  (globalThis as { readonly navigator?: { readonly userAgent?: string } }).navigator?.userAgent ===
  "Cloudflare-Workers";

const WAYS: Readonly<Record<string, (agent: AgentContext, n: number) => Promise<unknown>>> = {
  push: (agent, n) => agent.push("counter", n, { global: true }),
  get: (agent) => agent.get("counter"),
  list: (agent) => agent.list(),
  changes: (agent) => agent.changes(),
  events: (agent) => agent.events(),
};

export const busyPrograms = rule("Busy programs", {
  storage(world) {
    it.skipIf(isWorker).each(Object.entries(WAYS))(
      "%s lets timers run in a program that awaits nothing else",
      async (_, call) => {
        const { ann } = world.team();
        let turns = 0;
        const turn = (): void => {
          if (++turns < 3) setTimeout(turn, 0);
        };
        setTimeout(turn, 0);
        for (let n = 0; turns < 3 && n < CALLS; n++) await call(ann, n);
        expect(turns).toBe(3);
      },
    );
  },
});
