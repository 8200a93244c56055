import type { Failure } from "@syntha/core";

/** Why the last attempt at a task failed. */
export interface LastFailure {
  readonly message: string;
  /** The agent whose attempt it was; null for the system. */
  readonly agent: string | null;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

export function toLastFailure({ message, agent, attempt }: Failure): LastFailure {
  return { message, agent: agent ?? null, attempt };
}
