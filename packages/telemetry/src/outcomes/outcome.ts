import { isSynthaError, SynthaError } from "@syntha/core";
import { checkOptions, type KnownOptions, knownOptions } from "@syntha/core/storage";

/** The outcome of a task, as it is passed to {@link OutcomeLog.record}. */
export interface OutcomeInput {
  /** The agent that did the task. Required for a log of `mesh.system`; a log of an agent records that agent. */
  readonly agent?: string | undefined;
  /** The type of the task, such as `"classify"`; 1 to 256 characters. */
  readonly task: string;
  readonly success: boolean;
  /** In milliseconds. */
  readonly durationMs?: number | undefined;
  /** JSON, like the values of a mesh. */
  readonly input?: unknown;
  readonly output?: unknown;
  /** An error message. */
  readonly error?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** A recorded outcome. */
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

/** The value of an outcome's item; its key contains id and time. */
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
const MAX_TASK_LENGTH = 256;

/** @throws INVALID_ARGUMENTS for an invalid outcome */
export function checkOutcome(input: OutcomeInput, agent: string): OutcomeValue {
  checkOptions(input, FIELDS);
  const { task, success, durationMs, error, metadata } = input;
  checkTask(task);
  if (typeof success !== "boolean") throw invalidArgument("success", "Pass true or false.");
  if (durationMs !== undefined && !(Number.isFinite(durationMs) && durationMs >= 0))
    throw invalidArgument("durationMs", "Pass a non-negative number of milliseconds.");
  if (error !== undefined && typeof error !== "string")
    throw invalidArgument("error", "Pass a string.");
  if (metadata !== undefined && !isRecord(metadata))
    throw invalidArgument("metadata", "Pass an object.");
  const fields = Object.entries(input).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(fields) as unknown as OutcomeValue), agent };
}

export function checkTask(task: unknown): asserts task is string {
  if (typeof task === "string" && task !== "" && task.length <= MAX_TASK_LENGTH) return;
  throw invalidArgument("task", `Pass the type of the task, 1 to ${MAX_TASK_LENGTH} characters.`);
}

/** Whether a value is an outcome; agents may push other values under such keys. */
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

export function invalidArgument(path: string, hint: string): SynthaError {
  const message = `Invalid \`${path}\`.`;
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}

const MAX_ERROR_LENGTH = 1_000;

/** The message of a thrown value, with the code of a SynthaError. */
export function errorText(error: unknown): string {
  const message = messageOf(error);
  const text = isSynthaError(error) ? `${error.code}: ${message}` : message;
  return text.length <= MAX_ERROR_LENGTH ? text : `${text.slice(0, MAX_ERROR_LENGTH)}…`;
}

/** Any value may be thrown, including one that can't be converted to a string. */
function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "Unknown error";
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
