import type { Failure } from "@syntha/core";
import * as z from "zod";
import { field } from "../schema/field.ts";

/** Why the last attempt at a task failed. */
export interface LastFailure {
  readonly message: string;
  /** The agent whose attempt it was; null for the system. */
  readonly agent: string | null;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

export const lastFailure = z.object({
  message: field.text,
  agent: field.author,
  attempt: field.attempt,
});

export function toLastFailure({ message, agent, attempt }: Failure): LastFailure {
  return { message, agent: agent ?? null, attempt };
}
