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
