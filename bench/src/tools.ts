import { ContextMesh } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import type { Chapter, Figure } from "./figure.ts";
import { repeat } from "./measure.ts";
import { sampleKey } from "./sample.ts";

const HELD = 1_000;
const TOPICS = ["work"];
/** A name that is not known at compile time, as a model's is. */
const NAME: string = "push_context";

const note = (i: number): string => `Note ${i}: BigCo wants the refund on its March invoice.`;

/** What a tool adds to the call that it makes, in memory, where nothing hides it. */
export const tools: Chapter = {
  title: "A tool, in memory",
  async *figures(): AsyncGenerator<Figure> {
    const mesh = new ContextMesh({ sweepEvery: false, compactEvery: false });
    await mesh.agent("Reader").subscribe(TOPICS);
    const agent = mesh.agent("Writer");
    const handler = new ToolHandler(agent);
    const alone = repeat((i) => agent.push(sampleKey(i % HELD), note(i), { topics: TOPICS }));
    const calls = Array.from({ length: HELD }, (_, i) => ({
      key: sampleKey(i),
      value: note(i),
      topics: TOPICS,
    }));
    // As a model writes them.
    const texts = calls.map((args) => JSON.stringify(args));
    const pushes = (given: readonly (string | object)[]) =>
      repeat(async (i) => {
        const answer = await handler.handleToolCall(NAME, given[i % HELD]);
        if (!answer.success) throw new Error(answer.error);
      });
    await alone(HELD);
    const often = {
      baseline: "agent.push of the same value",
      within: 1.4,
      times: 1_000,
      rounds: 51,
      against: alone,
    };
    yield {
      name: `${NAME}, arguments as JSON text`,
      ...often,
      ours: pushes(texts),
    };
    yield { name: `${NAME}, arguments as an object`, ...often, ours: pushes(calls) };
    await mesh.close();
  },
};
