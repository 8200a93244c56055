import { ContextMesh, MemoryStorage } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { type ContextState, ContextThread } from "@syntha/prompts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "./support/runs.ts";

const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant("publish"), words: fc.nat(60) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("push"), words: fc.nat(60) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("prompt"), words: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("wait"), words: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("compact"), words: fc.constant(0) }) },
);

it("delivers every retained event once and in order, whatever was compacted", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 40 }),
      fc.constantFrom(220, 400, 50_000),
      fc.constantFrom(undefined, 3),
      async (actions, tokens, maxChanges) => {
        const clock = manualClock();
        const storage = new MemoryStorage({ clock });
        const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
        try {
          const worker = mesh.agent("Worker");
          const options = { events: true, budget: { tokens }, maxChanges };
          await mesh.system.publish("before", 0, { global: true });
          let thread = new ContextThread(worker, options);
          const delivered: string[] = [];
          const reasons: (string | undefined)[] = [];
          const prompt = async (): Promise<string> => {
            const step = await thread.next();
            delivered.push(...step.events);
            reasons.push(step.reason);
            const state = JSON.parse(JSON.stringify(thread.state)) as ContextState;
            thread = new ContextThread(worker, options, state);
            return step.kind;
          };
          await prompt();
          const published: string[] = [];
          for (const [n, { type, words }] of actions.entries()) {
            const text = `${n} ${"word ".repeat(words)}`;
            if (type === "publish")
              published.push((await mesh.system.publish("made", text, { global: true })).id);
            else if (type === "push") await mesh.system.push(`${n % 5}`, text, { global: true });
            else if (type === "prompt") await prompt();
            else if (type === "wait") clock.advance("10d");
            else await mesh.compact();
          }
          const kinds: string[] = [];
          while (kinds.length < 60 && kinds.at(-1) !== "none") kinds.push(await prompt());
          expect(kinds.slice(1)).not.toContain("full");

          const retained = new Set(
            (await worker.events({ limit: 1_000 })).events.map(({ id }) => id),
          );
          const missing = published.filter((id) => !delivered.includes(id));
          expect(delivered).toEqual(published.filter((id) => !missing.includes(id)));
          expect(missing.filter((id) => retained.has(id))).toEqual([]);
          expect(missing.length > 0).toBe(reasons.includes("EVENTS_COMPACTED"));
        } finally {
          await mesh.close();
        }
      },
    ),
    runs(200),
  );
}, 600_000);
