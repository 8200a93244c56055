import type { ContextMesh } from "@syntha/core";
import type { z } from "zod";
import type { StudioActions } from "../../api/index.ts";

/** What an action may use. */
export interface ActionScope {
  readonly mesh: ContextMesh;
  /** Who acts: the name of an agent. */
  readonly person: string;
}

/** A request that writes: its body, checked, and its answer. */
export interface Action<P extends keyof StudioActions> {
  readonly body: z.ZodType<StudioActions[P]["body"]>;
  readonly answer: (
    scope: ActionScope,
    body: StudioActions[P]["body"],
  ) => Promise<StudioActions[P]["answer"]>;
}
