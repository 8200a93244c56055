import type { ContextMesh } from "@syntha/core";

/** What can be read of a mesh, now or at an earlier position. */
export type Moment = Pick<ContextMesh, "system" | "agent" | "agents" | "topics" | "stats">;
