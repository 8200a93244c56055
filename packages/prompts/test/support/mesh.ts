import { ContextThread, type ChangesOptions } from "@syntha/prompts";
import { ContextMesh, MemoryStorage } from "@syntha/core";
import { type ManualClock, manualClock } from "@syntha/core/testing";
import { onTestFinished } from "vitest";

/** A mesh that sweeps and compacts only when it is called, and its clock. */
export function freshMesh(): { mesh: ContextMesh; clock: ManualClock } {
  const clock = manualClock();
  const storage = new MemoryStorage({ clock });
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  onTestFinished(() => mesh.close());
  return { mesh, clock };
}

/** A thread of Worker on such a mesh. */
export function freshThread(options: ChangesOptions = {}) {
  const { mesh, clock } = freshMesh();
  const worker = mesh.agent("Worker");
  return { mesh, clock, worker, thread: new ContextThread(worker, options) };
}

/** Items `Ann 0`, `Ann 1`, … of each author, the last written last. */
export async function fill(mesh: ContextMesh, authors: string[], each: number): Promise<void> {
  for (let i = 0; i < each; i++)
    for (const name of authors)
      await mesh
        .agent(name)
        .push(`${name} ${i}`, { number: i, text: "some words" }, { global: true });
}
