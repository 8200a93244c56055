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
    const pushes = (toArguments: (args: object) => string | object) =>
      repeat(async (i) => {
        const args = { key: sampleKey(i % HELD), value: note(i), topics: TOPICS };
        const answer = await handler.handleToolCall(NAME, toArguments(args));
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
      ours: pushes((args) => JSON.stringify(args)),
    };
    yield { name: `${NAME}, arguments as an object`, ...often, ours: pushes((args) => args) };
    await mesh.close();
  },
};
