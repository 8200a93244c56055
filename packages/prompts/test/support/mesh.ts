import { ContextMesh, MemoryStorage } from "@syntha/core";
import { type ManualClock, manualClock } from "@syntha/core/testing";
import { onTestFinished } from "vitest";

/** A mesh of its own, which sweeps and compacts only when told to, and the clock that it goes by. */
export function freshMesh(): { mesh: ContextMesh; clock: ManualClock } {
  const clock = manualClock();
  const storage = new MemoryStorage({ clock });
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  onTestFinished(() => mesh.close());
  return { mesh, clock };
}
