import { type ContextMesh, SynthaError } from "@syntha/core";

/** What can be read of a mesh, now or at an earlier position. */
export type Moment = Pick<ContextMesh, "system" | "agent" | "agents" | "topics" | "stats">;

/** @param at Undefined for now. */
export async function momentOf(mesh: ContextMesh, at: number | undefined): Promise<Moment> {
  if (at === undefined) return mesh;
  throw new SynthaError("INVALID_ARGUMENTS", "Earlier positions can't be shown yet.", {
    details: { path: "at" },
  });
}
