import { ContextMesh } from "@syntha/core";
import { resilientHandler } from "@syntha/resilience";
import { type ToolCaller, ToolHandler } from "@syntha/tools";
import type { Chapter, Figure } from "./figure.ts";
import { repeat } from "./measure.ts";
import { sample, sampleKey } from "./sample.ts";

const HELD = 1_000;
const WITHIN = 1.2;

/** The cost of policies for successful calls in memory, where it is most visible. */
export const resilience: Chapter = {
  title: "Breaker, retry and timeout around calls in memory",
  async *figures(): AsyncGenerator<Figure> {
    const mesh = new ContextMesh({ sweepEvery: false, compactEvery: false });
    const alone = new ToolHandler(mesh.agent("Writer"));
    const guarded = resilientHandler(alone);
    const crowded = resilientHandler(alone, { bulkhead: { limit: 64 } });
    const push = (handler: ToolCaller) =>
      repeat((i) => {
        const value = JSON.stringify(sample(i));
        const args = { key: sampleKey(i % HELD), value, global: true };
        return handler.handleToolCall("push_context", args);
      });
    const get = (handler: ToolCaller) =>
      repeat((i) => handler.handleToolCall("get_context", { keys: [sampleKey((i * 31) % HELD)] }));
    await push(alone)(HELD);
    const baseline = "the handler alone";
    const often = { baseline, times: 1_000, rounds: 101, within: WITHIN };
    yield { name: "get_context", ...often, ours: get(guarded), against: get(alone) };
    yield { name: "push_context", ...often, ours: push(guarded), against: push(alone) };
    yield {
      name: "get_context, with a bulkhead",
      ...often,
      ours: get(crowded),
      against: get(alone),
    };
    await mesh.close();
  },
};
