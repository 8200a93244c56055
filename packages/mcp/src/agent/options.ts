import { type Duration, SynthaError } from "@syntha/core";
import { checkOptions, type KnownOptions, toMs } from "@syntha/core/storage";
import type { ToolCaller, ToolHandler, ToolHandlerOptions } from "@syntha/tools";

/** What a call that deletes something needs, if the client can't ask its user. */
export type Approval = "allow" | "deny";

/** Runs the work of a request as part of the trace that the request's `_meta` names. */
export type TraceContext = <T>(meta: object | undefined, run: () => Promise<T>) => Promise<T>;

/** Options for serving one agent. */
export interface AgentServerOptions extends Omit<ToolHandlerOptions<"">, "prefix"> {
  /**
   * Tools with the effect `destroy` ask the client's user before they run. `approval` decides where the client can't ask:
   * `"allow"` runs them, `"deny"` refuses them with TOOL_DENIED.
   * @default "allow"
   */
  approval?: Approval | undefined;
  /**
   * Signs what clients carry from the question for approval to its answer: at least 32 random bytes. Set it where several
   * processes serve the same clients; the same for all of them.
   * @default a random key of this process
   */
  approvalKey?: Uint8Array | string | undefined;
  /**
   * How often a call that takes long reports progress to clients that ask for it.
   * @default "5s"
   */
  progressEvery?: Duration | undefined;
  /**
   * Wraps the agent's tools, such as for telemetry or for resilience.
   * @example
   * ```ts
   * wrapTools: (handler) => instrumentTools(handler), // of @syntha/telemetry
   * ```
   */
  wrapTools?: ((handler: ToolHandler) => ToolCaller<"">) | undefined;
  /**
   * Continues the trace of the client: `withTraceContext` of @syntha/telemetry. Clients decide with it whether a trace is
   * sampled.
   * @default each request starts its own trace
   */
  traceContext?: TraceContext | undefined;
  /** Shown to clients. @default "syntha" and this package's version */
  serverInfo?: ServerInfo | undefined;
}

/** What a client shows of a server. */
export interface ServerInfo {
  readonly name: string;
  readonly version: string;
  /** For people. */
  readonly title?: string | undefined;
}

export const AGENT_SERVER = {
  role: true,
  toolsets: true,
  allow: true,
  deny: true,
  defaultTtl: true,
  maxResultBytes: true,
  maxWait: true,
  argumentLimits: true,
  approval: true,
  approvalKey: true,
  progressEvery: true,
  wrapTools: true,
  traceContext: true,
  serverInfo: true,
} as const;

/** The options of the agent's tools. */
export function toToolOptions(options: AgentServerOptions): ToolHandlerOptions<""> {
  const {
    approval: _approval,
    approvalKey: _approvalKey,
    progressEvery: _progressEvery,
    wrapTools: _wrapTools,
    traceContext: _traceContext,
    serverInfo: _serverInfo,
    ...toolOptions
  } = options;
  return toolOptions;
}

const MIN_KEY_BYTES = 32;

/** @throws INVALID_ARGUMENTS for unknown options and values */
export function checkAgentOptions(options: AgentServerOptions, known: KnownOptions): void {
  checkOptions(options, known);
  const { approval = "allow", approvalKey, progressEvery, wrapTools, traceContext } = options;
  if (approval !== "allow" && approval !== "deny")
    throw invalidOption(
      "approval",
      '`approval` must be "allow" or "deny".',
      "It decides what happens where the client can't ask its user.",
    );
  if (approvalKey !== undefined && !isKey(approvalKey))
    throw invalidOption(
      "approvalKey",
      `\`approvalKey\` must have at least ${MIN_KEY_BYTES} bytes.`,
      "Pass random bytes, the same on all nodes; or omit it where one process serves each client.",
    );
  if (progressEvery !== undefined) toMs("progressEvery", progressEvery);
  for (const [path, value] of Object.entries({ wrapTools, traceContext }))
    if (value !== undefined && typeof value !== "function")
      throw invalidOption(path, `\`${path}\` must be a function.`, "Omit it if you need none.");
}

function isKey(key: unknown): boolean {
  const bytes = typeof key === "string" ? new TextEncoder().encode(key) : key;
  return bytes instanceof Uint8Array && bytes.length >= MIN_KEY_BYTES;
}

function invalidOption(path: string, message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
