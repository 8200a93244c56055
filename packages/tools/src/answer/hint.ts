import { isSynthaError, type SynthaError } from "@syntha/core";
import type { Call, Tool } from "../tool.ts";

const ROUTE = `topics ["support"], subscribers ["Manager"]`;

/** The next step after a failure, in words of tools: the mesh's own hints are for programs. */
export function hintFor(error: SynthaError, tool: Tool | undefined, call: Call): string {
  const self = tool === undefined ? "it" : (call.known(tool.name) ?? tool.name);
  const or = (name: string, say: (known: string) => string, otherwise: string): string => {
    const known = call.known(name);
    return known === undefined ? otherwise : say(known);
  };
  if (isSynthaError(error, "CONFLICT")) {
    const { key, revision } = error.details;
    if (revision === 0) return `It is not there now: call ${self} with if_revision 0 or null.`;
    const again = `call ${self} with if_revision ${revision}`;
    return or(
      "get_context",
      (get) => `Call ${get} with keys [${JSON.stringify(key)}], then ${again}.`,
      `If that is still right, ${again}.`,
    );
  }
  if (isSynthaError(error, "KEY_TAKEN")) {
    return `Choose another key, such as ${JSON.stringify(`${call.agent.name}/${error.details.key}`)}.`;
  }
  if (isSynthaError(error, "FORBIDDEN") && tool?.name === "claim_task") {
    const topics = JSON.stringify(error.details.topics ?? []);
    return or(
      "subscribe_to_topics",
      (subscribe) => `Call ${subscribe} with topics ${topics} first.`,
      "Whoever runs the agents must subscribe you to it first.",
    );
  }
  switch (error.code) {
    case "NOT_OWNER":
      return tool?.name === "push_context"
        ? `To replace its value only, call ${self} with topics, subscribers and global null.`
        : "Leave it to whoever shared it; you may still replace its value.";
    case "ROUTE_REQUIRED":
    case "INVALID_ROUTE":
      return tool !== undefined && "global" in tool.input.shape
        ? `Name who it is for: ${ROUTE}, or global true alone. All three null keep what an existing key has.`
        : `Name who it is for: ${ROUTE}. Null keeps what it has.`;
    case "FORBIDDEN":
      return or(
        "discover_topics",
        (discover) => `Call ${discover} for the topics that you may use.`,
        "Use only what you are permitted to.",
      );
    case "STALE_TOKEN":
      return or(
        "claim_task",
        (claim) => `Drop this work: your lease is over. Call ${claim} for another task.`,
        "Drop this work: your lease is over.",
      );
    case "NOT_FOUND":
      return tool?.toolset === "admin"
        ? or(
            "discover_topics",
            (discover) => `Call ${discover} for the topics that there are.`,
            "Check its spelling.",
          )
        : or(
            "list_context",
            (list) => `Call ${list} for the keys that you see.`,
            "Check its spelling.",
          );
    case "INVALID_CURSOR":
    case "CURSOR_COMPACTED":
      return `Start over: call ${self} with ${tool?.name === "read_events" ? "since" : "page"} null.`;
    case "UNAVAILABLE":
      return unavailableHint(error as SynthaError<"UNAVAILABLE">, self);
    case "LIMIT_EXCEEDED":
      return limitHint(error as SynthaError<"LIMIT_EXCEEDED">, tool, call, self);
    case "TIMEOUT":
      return `Call ${self} again in a moment.`;
    case "UNKNOWN_OUTCOME":
      return or(
        "get_context",
        (get) => `See with ${get} what is there before you repeat it.`,
        "See what is there before you repeat it.",
      );
    case "CLOSED":
    case "ABORTED":
    case "MISCONFIGURED":
    case "STORAGE_MISMATCH":
      return "Calling again does not help: tell whoever runs you.";
    default:
      return error.hint;
  }
}

/** Whoever has the limits is told of them in the docs; a model, what it can do itself. */
function limitHint(
  { details }: SynthaError<"LIMIT_EXCEEDED">,
  tool: Tool | undefined,
  call: Call,
  self: string,
): string {
  // One of somebody else's may tell nothing more.
  const { retryAt, limit } = details as Partial<typeof details>;
  if (retryAt !== undefined) return `Call ${self} again in ${secondsTo(retryAt)}.`;
  if (limit?.endsWith("writesPerSecond")) return "Write less at once, or leave it.";
  const remove = call.known("delete_context");
  const isLong = limit?.endsWith("bytes") && tool?.name === "push_context";
  const shorter = isLong ? `, or call ${self} with a shorter value` : "";
  return remove === undefined
    ? `Somebody must delete what is no longer needed first${shorter}.`
    : `Call ${remove} for what you no longer need${shorter}.`;
}

function secondsTo(time: Date): string {
  const seconds = Math.max(1, Math.ceil((time.getTime() - Date.now()) / 1_000));
  return `${seconds} second${seconds === 1 ? "" : "s"}`;
}

/** With the state of the circuit that refused the call, where there is one, and when it lets one through. */
function unavailableHint(
  { details }: Pick<SynthaError<"UNAVAILABLE">, "details">,
  self: string,
): string {
  const { state, retryAt } = details;
  if (state === undefined) return `Call ${self} again in a moment.`;
  if (retryAt === undefined)
    return `The circuit is ${state} until whoever runs you releases it: go on without the mesh.`;
  return `The circuit is ${state}: call ${self} again in ${secondsTo(retryAt)}.`;
}
