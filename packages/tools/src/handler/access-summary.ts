import type { Role } from "../access/role.ts";
import type { ToolName } from "../tools/index.ts";
import type { Toolset } from "../toolset.ts";

/** The tools that an agent may call, and why it may not call the others. */
export interface AccessSummary {
  agent: string;
  role: Role;
  toolsets: readonly Toolset[];
  allow: readonly ToolName[] | null;
  deny: readonly ToolName[] | null;
  /** Without prefix. */
  available: readonly ToolName[];
  unavailable: { readonly tool: ToolName; readonly reason: string }[];
}
