import { type ErrorCode, isSynthaError, type SynthaError } from "@syntha/core";
import type { Call, Tool } from "../tool.ts";

/**
 * Whether a failed call is worth another one: `same_call`, the same call may succeed later; `corrected_call`, the call
 * succeeds once what the hint says is done; `never`, no call of this tool helps here.
 */
export type RetryAdvice = "same_call" | "corrected_call" | "never";

/** The next step after a failure. */
export interface Advice {
  readonly hint: string;
  readonly retry: RetryAdvice;
}

export interface FailedCall {
  readonly tool: Tool | undefined;
  readonly call: Call;
  /** Empty where they could not be read. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** A sentence with a tool's name where the agent has that tool, or another sentence. */
type Or = (name: string, say: (known: string) => string, otherwise: string) => string;

const OPERATOR = "Calling again does not help: report this to your operator.";
const NEVER: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "TOOL_DENIED",
  "STALE_TOKEN",
  "STORAGE_MISMATCH",
  "MISCONFIGURED",
  "CORRUPT_DATA",
  "INVALID_TENANT",
  "TENANT_EXISTS",
  "CLOSED",
  "ABORTED",
]);

/** The next step in terms of tools: the hints of the mesh itself are for programs. */
export function adviceFor(error: SynthaError, { tool, call, args }: FailedCall): Advice {
  const self = tool === undefined ? "it" : (call.publicNameOf(tool.name) ?? tool.name);
  const or: Or = (name, say, otherwise) => {
    const known = call.publicNameOf(name);
    return known === undefined ? otherwise : say(known);
  };
  if (isSynthaError(error, "CONFLICT")) return corrected(conflictHint(error, self, or));
  if (isSynthaError(error, "KEY_TAKEN"))
    return corrected(
      `Choose another key, such as ${JSON.stringify(`${call.agent.name}/${error.details.key}`)}.`,
    );
  if (isSynthaError(error, "UNAVAILABLE")) return unavailableAdvice(error, self);
  if (isSynthaError(error, "LIMIT_EXCEEDED")) return limitAdvice(error, tool, call, self);
  if (isSynthaError(error, "FORBIDDEN") && tool?.name === "claim_task") {
    const topics = JSON.stringify(error.details.topics ?? []);
    const subscribe = call.publicNameOf("subscribe_to_topics");
    return subscribe === undefined
      ? never("Your operator must subscribe you to this topic first.")
      : corrected(`Call ${subscribe} with topics ${topics} first.`);
  }
  switch (error.code) {
    case "NOT_OWNER":
      return tool?.name === "push_context"
        ? corrected(
            `To replace only its value, call ${self} with topics, subscribers and global null.`,
          )
        : never("Only its owner may do this; you may still replace its value.");
    case "ROUTE_REQUIRED":
    case "INVALID_ROUTE":
      return corrected(routeHint(error, args, or));
    case "FORBIDDEN":
      return corrected(forbiddenHint(error as SynthaError<"FORBIDDEN">, or));
    case "STALE_TOKEN":
      return never(
        or(
          "claim_task",
          (claim) => `Stop this work: you no longer hold the task. Call ${claim} for another one.`,
          "Stop this work: you no longer hold the task.",
        ),
      );
    case "NOT_FOUND":
      return corrected(
        tool?.toolset === "admin"
          ? or(
              "discover_topics",
              (discover) => `Call ${discover} for all topics.`,
              "Check its spelling.",
            )
          : or(
              "list_context",
              (list) => `Call ${list} for the keys that you can see.`,
              "Check its spelling.",
            ),
      );
    case "INVALID_CURSOR":
    case "CURSOR_COMPACTED":
      return corrected(
        `Start over: call ${self} with ${tool?.name === "read_events" ? "since" : "page"} null.`,
      );
    case "TIMEOUT":
      return same(`Call ${self} again in a moment.`);
    case "UNKNOWN_OUTCOME":
      return corrected(
        or(
          "get_context",
          (get) => `Check with ${get} whether the change was made before you repeat the call.`,
          "Check whether the change was made before you repeat the call.",
        ),
      );
    case "CORRUPT_DATA":
      return tool?.name === "claim_task" && typeof args["topic"] === "string"
        ? same(`The task is set aside: call ${self} again for another one.`)
        : never(OPERATOR);
    case "CLOSED":
    case "ABORTED":
    case "STORAGE_MISMATCH":
    case "MISCONFIGURED":
      return never(OPERATOR);
    default:
      return { hint: error.hint, retry: retryFor(error) };
  }
}

const same = (hint: string): Advice => ({ hint, retry: "same_call" });
const corrected = (hint: string): Advice => ({ hint, retry: "corrected_call" });
const never = (hint: string): Advice => ({ hint, retry: "never" });

function retryFor(error: SynthaError): RetryAdvice {
  if (error.retryable) return "same_call";
  return NEVER.has(error.code) ? "never" : "corrected_call";
}

function conflictHint(
  { details: { key, revision } }: SynthaError<"CONFLICT">,
  self: string,
  or: Or,
): string {
  if (revision === 0) return `It does not exist now: call ${self} with if_revision 0 or null.`;
  const again = `call ${self} with if_revision ${revision}`;
  return or(
    "get_context",
    (get) => `Call ${get} with keys [${JSON.stringify(key)}], then ${again}.`,
    `If your change still applies, ${again}.`,
  );
}

function routeHint(
  { code }: SynthaError,
  { key, topics, subscribers, global }: FailedCall["args"],
  or: Or,
): string {
  if (global === true && (topics ?? subscribers) !== undefined)
    return "For all agents leave out topics and subscribers; otherwise leave out global.";
  if (code === "INVALID_ROUTE" && global === false)
    return "Name topics or subscribers to share it with those only, or set global to null to keep its audience.";
  const what = typeof key === "string" ? JSON.stringify(key) : "It";
  const find = or("discover_topics", (discover) => ` ${discover} lists the topics.`, "");
  return `${what} is new: name its audience by topics, subscribers, or global true.${find}`;
}

function forbiddenHint({ details }: SynthaError<"FORBIDDEN">, or: Or): string {
  const { global: isGlobal, direct } = details as Partial<typeof details>;
  const instead = isGlobal || direct ? "Name topics instead. " : "";
  return or(
    "discover_topics",
    (discover) => `${instead}Call ${discover} for the topics that you may use.`,
    instead === "" ? "Use only what you have permission for." : instead.trimEnd(),
  );
}

/** The limits themselves are documented for operators; a model needs what it can do about them. */
function limitAdvice(
  { details }: SynthaError<"LIMIT_EXCEEDED">,
  tool: Tool | undefined,
  call: Call,
  self: string,
): Advice {
  // An error made outside of the mesh may lack details.
  const { retryAt, limit } = details as Partial<typeof details>;
  if (retryAt !== undefined) return same(`Call ${self} again in ${secondsTo(retryAt)}.`);
  if (limit?.endsWith("writesPerSecond")) return corrected("Write less in one call.");
  const remove = call.publicNameOf("delete_context");
  const isLong = limit?.endsWith("bytes") && tool?.name === "push_context";
  const shorter = isLong ? `, or call ${self} with a shorter value` : "";
  const hint =
    remove === undefined
      ? `Keys that are no longer needed must be deleted first${shorter}.`
      : `Call ${remove} for keys that you no longer need${shorter}.`;
  return remove === undefined && !isLong ? never(hint) : corrected(hint);
}

function secondsTo(time: Date): string {
  const seconds = Math.max(1, Math.ceil((time.getTime() - Date.now()) / 1_000));
  return `${seconds} second${seconds === 1 ? "" : "s"}`;
}

/** With the state of the circuit breaker that refused the call, if one did, and when it lets a call through. */
function unavailableAdvice(
  { details }: Pick<SynthaError<"UNAVAILABLE">, "details">,
  self: string,
): Advice {
  const { state, retryAt } = details;
  if (state === undefined) return same(`Call ${self} again in a moment.`);
  if (retryAt === undefined)
    return never(
      `The circuit is ${state} until your operator releases it: continue without the mesh.`,
    );
  return same(`The circuit is ${state}: call ${self} again in ${secondsTo(retryAt)}.`);
}
