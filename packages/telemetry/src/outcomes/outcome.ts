import { SynthaError } from "@syntha/core";
import { checkOptions, type KnownOptions, knownOptions } from "@syntha/core/storage";

/** How a piece of work went. */
export interface OutcomeInput {
  /** Who did it: for a log that writes as the system; any other writes as its own agent. */
  readonly agent?: string | undefined;
  /** The kind of work: few different ones, such as `"classify"`. */
  readonly task: string;
  readonly success: boolean;
  readonly durationMs?: number | undefined;
  /** JSON, as the values of a mesh are. */
  readonly input?: unknown;
  readonly output?: unknown;
  /** What went wrong, in words. */
  readonly error?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export interface Outcome {
  readonly id: string;
  readonly at: Date;
  readonly agent: string;
  readonly task: string;
  readonly success: boolean;
  readonly durationMs?: number;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** An outcome as the mesh keeps it: when it was stands in its key. */
export type OutcomeValue = Omit<Outcome, "id" | "at">;

const FIELDS: KnownOptions = knownOptions<OutcomeInput>("record", {
  agent: true,
  task: true,
  success: true,
  durationMs: true,
  input: true,
  output: true,
  error: true,
  metadata: true,
});
const LONGEST_NAME = 256;

/** @throws INVALID_ARGUMENTS for what is no outcome. */
export function checkOutcome(input: OutcomeInput, agent: string): OutcomeValue {
  checkOptions(input, FIELDS);
  const { task, success, durationMs, error, metadata } = input;
  checkTask(task);
  if (typeof success !== "boolean") throw wrong("success", "Give true or false.");
  if (durationMs !== undefined && !(Number.isFinite(durationMs) && durationMs >= 0))
    throw wrong("durationMs", "Give milliseconds, from 0 on.");
  if (error !== undefined && typeof error !== "string") throw wrong("error", "Give text.");
  if (metadata !== undefined && !isRecord(metadata)) throw wrong("metadata", "Give an object.");
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(given) as unknown as OutcomeValue), agent };
}

export function checkTask(task: unknown): asserts task is string {
  if (typeof task === "string" && task !== "" && task.length <= LONGEST_NAME) return;
  throw wrong("task", `Name the kind of work, in up to ${LONGEST_NAME} characters.`);
}

/** Whether a value of the mesh is an outcome; anybody may have pushed something under such a key. */
export function isOutcome(value: unknown): value is OutcomeValue {
  if (!isRecord(value)) return false;
  const { agent, task, success, durationMs, error, metadata } = value;
  return (
    typeof agent === "string" &&
    typeof task === "string" &&
    typeof success === "boolean" &&
    (durationMs === undefined || (typeof durationMs === "number" && durationMs >= 0)) &&
    (error === undefined || typeof error === "string") &&
    (metadata === undefined || isRecord(metadata))
  );
}

export function wrong(path: string, hint: string): SynthaError {
  const message = `\`${path}\` can't be used.`;
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
