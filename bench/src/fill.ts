import type { AgentContext, ContextMesh } from "@syntha/core";
import { sample, sampleKey } from "./sample.ts";

/** Reads whose cost must not grow with the items that an agent does not see. */
export const READS = {
  keys: (agent: AgentContext): Promise<unknown> => agent.keys(),
  getAll: (agent: AgentContext): Promise<unknown> => agent.getAll(),
};

/** Creates items, of which `visible`, spread evenly, are visible to the agent "Reader". */
export async function fill(mesh: ContextMesh, size: number, visible: number): Promise<void> {
  await mesh.agent("Reader").subscribe(["rare"]);
  const step = size / visible;
  for (let start = 0; start < size; start += 1_000) {
    await mesh.system.pushMany(
      Array.from({ length: 1_000 }, (_, i) => ({
        key: sampleKey(start + i),
        value: sample(start + i),
        topics: [(start + i) % step === 0 ? "rare" : "common"],
      })),
    );
  }
}
