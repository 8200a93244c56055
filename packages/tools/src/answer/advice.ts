import { type ErrorCode, isSynthaError, type SynthaError } from "@syntha/core";
import type { ArgumentRecord, Tool, ToolContext } from "../tool.ts";

/**
 * Whether to call again after a failure: `"same_call"` may succeed later; `"corrected_call"` succeeds after the hint's step;
 * `"never"`: no call of this tool helps.
 */
export type RetryAdvice = "same_call" | "corrected_call" | "never";

/** The next step after a failure. */
export interface Advice {
  readonly hint: string;
  readonly retry: RetryAdvice;
}

export interface FailedCall {
  readonly tool: Tool | undefined;
  readonly context: ToolContext;
  /** Empty if the arguments are invalid. */
  readonly args: ArgumentRecord;
}

interface Failure<C extends ErrorCode = ErrorCode> extends FailedCall {
  readonly error: SynthaError<C>;
  /** The failed tool's name, as the model knows it. */
  readonly self: string;
  /** The name of another tool, as the model knows it; undefined if the agent does not have it. */
  readonly nameOf: ToolContext["publicNameOf"];
}

const same = (hint: string): Advice => ({ hint, retry: "same_call" });
const corrected = (hint: string): Advice => ({ hint, retry: "corrected_call" });
const never = (hint: string): Advice => ({ hint, retry: "never" });

const reportToOperator = (): Advice =>
  never("Calling again does not help: report this to your operator.");

/** By error code. Without a rule, the error's own hint is shown. */
const RULES: { readonly [C in ErrorCode]?: (failure: Failure<C>) => Advice } = {
  CONFLICT: adviseConflict,
  KEY_TAKEN: ({ error, context }) => {
    const key = JSON.stringify(`${context.agent.name}/${error.details.key}`);
    return corrected(`Choose another key, such as ${key}.`);
  },
  NOT_OWNER: ({ tool, self }) =>
    tool?.name === "push_context"
      ? corrected(
          `To replace only its value, call ${self} with topics, subscribers and global null.`,
        )
      : never("Only its owner may do this; you may still replace its value."),
  ROUTE_REQUIRED: adviseRoute,
  INVALID_ROUTE: adviseRoute,
  FORBIDDEN: adviseForbidden,
  STALE_TOKEN: ({ nameOf }) => {
    const claim = nameOf("claim_task");
    const next = claim === undefined ? "" : ` Call ${claim} for another one.`;
    return never(`Stop this work: you no longer hold the task.${next}`);
  },
  UNKNOWN_AGENT: ({ nameOf }) => {
    const discover = nameOf("discover_agents");
    return corrected(
      discover === undefined ? "Check the names." : `Call ${discover} for the agents by name.`,
    );
  },
  NOT_FOUND: ({ tool, nameOf }) => {
    const isTopic = tool?.toolset === "admin";
    const list = nameOf(isTopic ? "discover_topics" : "list_context");
    if (list === undefined) return corrected("Check its spelling.");
    return corrected(`Call ${list} for ${isTopic ? "all topics" : "the keys that you can see"}.`);
  },
  INVALID_VALUE: ({ error, tool, nameOf }) => {
    const push = nameOf("push_context");
    return tool?.name === "edit_context" && push !== undefined
      ? corrected(`Read it, and replace it with ${push} if that is what you mean.`)
      : corrected(error.hint);
  },
  INVALID_CURSOR: startOver,
  CURSOR_COMPACTED: startOver,
  LIMIT_EXCEEDED: adviseLimit,
  UNAVAILABLE: adviseUnavailable,
  TIMEOUT: ({ error, self }) =>
    isUnanswered(error) ? corrected(error.hint) : same(`Call ${self} again in a moment.`),
  UNKNOWN_OUTCOME: ({ nameOf }) => {
    const get = nameOf("get_context");
    const how = get === undefined ? "" : ` with ${get}`;
    return corrected(`Check${how} whether the change was made before you repeat the call.`);
  },
  CORRUPT_DATA: ({ tool, args, self }) =>
    tool?.name === "claim_task" && (args["key"] ?? null) === null
      ? same(`The task is set aside: call ${self} again for another one.`)
      : reportToOperator(),
  CLOSED: reportToOperator,
  ABORTED: reportToOperator,
  STORAGE_MISMATCH: reportToOperator,
  MISCONFIGURED: reportToOperator,
};

/** Codes without a rule above for which no call of the tool helps. */
const NEVER: ReadonlySet<ErrorCode> = new Set(["TOOL_DENIED", "INVALID_TENANT", "TENANT_EXISTS"]);

/** The next step in terms of tools: the mesh's own hints are for programs. */
export function adviceFor<C extends ErrorCode>(error: SynthaError<C>, failed: FailedCall): Advice {
  const { tool, context } = failed;
  const nameOf = context.publicNameOf;
  const self = tool === undefined ? "it" : (nameOf(tool.name) ?? tool.name);
  const rule = RULES[error.code] as ((failure: Failure<C>) => Advice) | undefined;
  if (rule !== undefined) return rule({ ...failed, error, self, nameOf });
  if (error.retryable) return same(error.hint);
  return NEVER.has(error.code) ? never(error.hint) : corrected(error.hint);
}

/** Whether another agent did not answer a question in time; the mesh itself did. */
export function isUnanswered(error: SynthaError): boolean {
  return isSynthaError(error, "TIMEOUT") && error.details["agent"] !== undefined;
}

function adviseConflict({ error, tool, self, nameOf }: Failure<"CONFLICT">): Advice {
  if (tool?.name === "retry_task") return never(error.hint);
  const { key, revision } = error.details;
  if (revision === 0)
    return corrected(`It does not exist now: call ${self} with if_revision 0 or null.`);
  const again = `call ${self} with if_revision ${revision}`;
  const get = nameOf("get_context");
  return corrected(
    get === undefined
      ? `If your change still applies, ${again}.`
      : `Call ${get} with keys [${JSON.stringify(key)}], then ${again}.`,
  );
}

function adviseRoute({
  error: { code },
  tool,
  args: { key, topics, subscribers, global },
  nameOf,
}: Failure<"ROUTE_REQUIRED"> | Failure<"INVALID_ROUTE">): Advice {
  const push = nameOf("push_context");
  if (tool?.name === "edit_context")
    return corrected(
      push === undefined
        ? "It does not exist: only an existing key can be edited."
        : `It does not exist: call ${push} with the whole value and an audience.`,
    );
  if (global === true && (topics ?? subscribers) !== undefined)
    return corrected(
      "To share with all agents, omit topics and subscribers; otherwise omit global.",
    );
  if (code === "INVALID_ROUTE" && global === false)
    return corrected(
      "Name topics or subscribers to share it with those only, or set global to null to keep its audience.",
    );
  const name = typeof key === "string" ? `${JSON.stringify(key)} is new: name` : "Name";
  const discover = nameOf("discover_topics");
  const list = discover === undefined ? "" : ` ${discover} lists the topics.`;
  return corrected(`${name} its audience by topics, subscribers, or global true.${list}`);
}

function adviseForbidden({ error, tool, nameOf }: Failure<"FORBIDDEN">): Advice {
  // Errors from outside of the mesh may lack details.
  const details: Partial<typeof error.details> = error.details;
  if (tool?.name === "claim_task") {
    const subscribe = nameOf("subscribe_to_topics");
    return subscribe === undefined
      ? never("Your operator must subscribe you to this topic first.")
      : corrected(`Call ${subscribe} with topics ${JSON.stringify(details.topics ?? [])} first.`);
  }
  const instead = details.global || details.direct ? "Name topics instead." : "";
  const discover = nameOf("discover_topics");
  if (discover === undefined) return corrected(instead || "Use only what you have permission for.");
  return corrected(`${instead} Call ${discover} for the topics that you may use.`.trimStart());
}

function startOver({ tool, self }: Pick<Failure, "tool" | "self">): Advice {
  const argument = tool !== undefined && "since" in tool.input.shape ? "since" : "page";
  return corrected(`Start over: call ${self} with ${argument} null.`);
}

/** The limits themselves are documented for operators; a model needs what it can do about them. */
function adviseLimit({ error, tool, nameOf, self }: Failure<"LIMIT_EXCEEDED">): Advice {
  // Errors from outside of the mesh may lack details.
  const { retryAt, limit }: Partial<typeof error.details> = error.details;
  if (retryAt !== undefined) return same(`Call ${self} again in ${secondsUntil(retryAt)}.`);
  if (limit?.endsWith("writesPerSecond")) return corrected("Write less in one call.");
  const remove = nameOf("delete_context");
  const isLong = limit?.endsWith("bytes") && tool?.name === "push_context";
  const shorter = isLong ? `, or call ${self} with a shorter value` : "";
  const hint =
    remove === undefined
      ? `Keys that are no longer needed must be deleted first${shorter}.`
      : `Call ${remove} for keys that you no longer need${shorter}.`;
  return remove === undefined && !isLong ? never(hint) : corrected(hint);
}

/** A circuit breaker that refused the call says its state, and when it allows the next call. */
function adviseUnavailable({ error: { details }, self }: Failure<"UNAVAILABLE">): Advice {
  const { state, retryAt } = details;
  if (state === undefined) return same(`Call ${self} again in a moment.`);
  if (retryAt === undefined)
    return never(
      `The circuit is ${state} until your operator releases it: continue without the mesh.`,
    );
  return same(`The circuit is ${state}: call ${self} again in ${secondsUntil(retryAt)}.`);
}

function secondsUntil(time: Date): string {
  const seconds = Math.max(1, Math.ceil((time.getTime() - Date.now()) / 1_000));
  return `${seconds} second${seconds === 1 ? "" : "s"}`;
}
