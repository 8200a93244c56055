import { SynthaError } from "@syntha/core";
import { checkOptions, type KnownOptions } from "@syntha/core/storage";
import type { ToolHandlerOptions } from "@syntha/tools";

/** What a call that deletes something needs, if the client can't ask its user. */
export type Approval = "allow" | "deny";

/** Options for serving one agent. */
export interface AgentServerOptions extends Omit<ToolHandlerOptions<"">, "prefix"> {
  /**
   * Tools with the effect `destroy` ask the client's user before they run. `approval` decides where the client can't ask:
   * `"allow"` runs them, `"deny"` refuses them with TOOL_DENIED.
   * @default "allow"
   */
  approval?: Approval | undefined;
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
  serverInfo: true,
} as const;

/** @throws INVALID_ARGUMENTS for unknown options and values */
export function checkAgentOptions(options: AgentServerOptions, known: KnownOptions): void {
  checkOptions(options, known);
  const { approval = "allow" } = options;
  if (approval === "allow" || approval === "deny") return;
  throw new SynthaError("INVALID_ARGUMENTS", '`approval` must be "allow" or "deny".', {
    hint: "It decides what happens where the client can't ask its user.",
    details: { path: "approval" },
  });
}
