import { type AgentContext, ContextMesh, isSynthaError, MemoryStorage } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import {
  type BudgetOptions,
  type ChangesOptions,
  type ContextState,
  ContextThread,
  estimateTokens,
  type ThreadStep,
} from "@syntha/prompts";
import { o200kTokens } from "@syntha/prompts/tokenizer";
import fc from "fast-check";
import { expect, it } from "vitest";
import { applyBlocks } from "./support/block.ts";
import { runs } from "./support/runs.ts";

const KEYS = ["a", "b", "c", "d", "e", "f"];
const TOPICS = ["x", "y"];
const NAMES = ["Ann", "Bea", "Worker"];

const key = fc.constantFrom(...KEYS);
const name = fc.constantFrom(...NAMES);
const topic = fc.constantFrom(...TOPICS);
const route = fc.oneof(
  fc.constant({ global: true }),
  topic.map((one) => ({ topics: [one] })),
  fc.constant({ topics: TOPICS }),
  name.map((one) => ({ subscribers: [one] })),
);

/** What may happen between two prompts. */
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("push"), name, key, words: fc.nat(90), route }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("rewrite"), name, key, words: fc.nat(90) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("short"), name, key, route }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("delete"), name, key }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("subscribe"), topic }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("unsubscribe"), topic }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("deleteTopic"), topic }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("wait") }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("sweep") }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("compact") }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("prompt") }) },
);

const options: fc.Arbitrary<ChangesOptions> = fc.record({
  budget: fc.record({
    tokens: fc.constantFrom(180, 260, 100_000),
    share: fc.constantFrom(1, 0.4),
    count: fc.constantFrom(undefined, o200kTokens),
  }),
  topics: fc.constantFrom(undefined, undefined, ["x"], TOPICS),
  authors: fc.constantFrom(undefined, undefined, ["Ann"], ["Ann", "Bea"]),
  priority: fc.constantFrom(undefined, [{ author: "Bea" }, { key: "c" }]),
  maxChanges: fc.constantFrom(undefined, 8),
});

it("renders changes that add up to what the agent sees", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), options, async (actions, chosen) => {
      const clock = manualClock();
      const storage = new MemoryStorage({ clock });
      const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
      try {
        const worker = mesh.agent("Worker");
        let thread = new ContextThread(worker, chosen);
        const steps: ThreadStep[] = [];
        const prompt = async (): Promise<string> => {
          const step = await thread.next();
          steps.push(step);
          // The next step runs in another process.
          const state = JSON.parse(JSON.stringify(thread.state)) as ContextState;
          thread = new ContextThread(worker, chosen, state);
          return step.kind;
        };
        await prompt();
        for (const one of actions) {
          if (one.type === "prompt") await prompt();
          else await perform(mesh, clock, one as never).catch(ignoreRefusal);
        }
        // An item that got its ttl after it was included, and expired before the next prompt, is removed when it is swept.
        await mesh.sweep();
        // Pending changes are included eventually.
        for (let turn = 0; turn < 40 && (await prompt()) !== "none"; turn++);

        const { tokens, count = estimateTokens } = chosen.budget as BudgetOptions;
        for (const step of steps) {
          expect(step.tokens).toBeLessThanOrEqual(tokens as number);
          expect(step.tokens).toBe(step.text === "" ? 0 : count(step.text));
        }
        const seen = await selected(worker, chosen);
        const values = applyBlocks(steps.map(({ text }) => text));
        // An item that the full block omitted is included when it changes; all others must be there, at least by name.
        const all = steps.findLast(({ reason }) => reason !== undefined) as ThreadStep;
        for (const { key: one } of all.omitted) if (!values.has(one)) seen.delete(one);
        for (const [one, value] of values)
          if (value === undefined && seen.has(one)) seen.set(one, undefined);
        expect(values).toEqual(seen);
      } finally {
        await mesh.close();
      }
    }),
    runs(300),
  );
}, 600_000);

it("is deterministic and reports every selected item", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), options, async (actions, chosen) => {
      const storage = new MemoryStorage({ clock: manualClock() });
      const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
      try {
        const worker = mesh.agent("Worker");
        const marked = { ...chosen, mark: "m1" };
        const start = new ContextThread(worker, marked);
        await start.next();
        for (const one of actions)
          await perform(mesh, manualClock(), one as never).catch(ignoreRefusal);
        const state = start.state as NonNullable<typeof start.state>;
        const [one, two] = [
          await new ContextThread(worker, marked, state).next(),
          await new ContextThread(worker, marked, state).next(),
        ];
        expect(one).toEqual(two);
        const all = await new ContextThread(worker, marked).next();
        const reported = [...all.included, ...all.omitted].map((each) => each.key).sort();
        expect(reported).toEqual([...(await selected(worker, chosen)).keys()].sort());
      } finally {
        await mesh.close();
      }
    }),
    runs(150),
  );
}, 600_000);

type Action =
  | { type: "push" | "short"; name: string; key: string; words?: number; route: object }
  | { type: "rewrite"; name: string; key: string; words: number }
  | { type: "delete"; name: string; key: string }
  | { type: "subscribe" | "unsubscribe" | "deleteTopic"; topic: string }
  | { type: "wait" | "sweep" | "compact" };

let writes = 0;

async function perform(
  mesh: ContextMesh,
  clock: ReturnType<typeof manualClock>,
  one: Action,
): Promise<unknown> {
  const value = `${++writes} ${"word ".repeat(("words" in one && one.words) || 1)}`;
  switch (one.type) {
    case "push":
      return mesh.agent(one.name).push(one.key, value, one.route);
    case "rewrite":
      return mesh.agent(one.name).push(one.key, value);
    case "short":
      return mesh.agent(one.name).push(one.key, value, { ...one.route, ttl: "1m" });
    case "delete":
      return mesh.agent(one.name).delete(one.key);
    case "subscribe":
      return mesh.agent("Worker").subscribe([one.topic]);
    case "unsubscribe":
      return mesh.agent("Worker").unsubscribe([one.topic]);
    case "deleteTopic":
      return mesh.deleteTopic(one.topic);
    case "wait":
      return clock.advance("2m");
    case "sweep":
      return mesh.sweep();
    case "compact":
      return mesh.compact({ log: { commits: 2 } });
  }
}

async function selected(
  agent: AgentContext,
  { topics, authors }: ChangesOptions,
): Promise<Map<string, unknown>> {
  const { items } = await agent.list({ limit: 1_000 });
  const chosen = items.filter(
    (item) =>
      (topics === undefined || topics.some((one) => item.topics.includes(one))) &&
      (authors === undefined || authors.includes(item.author ?? null)),
  );
  return new Map(chosen.map((item) => [item.key, item.value]));
}

function ignoreRefusal(error: unknown): void {
  if (!isSynthaError(error)) throw error;
}
