import { TOOL_NAMES, type ToolName, toolOf } from "../tools/index.ts";
import type { Toolset } from "../tool.ts";
import { checkToolsets, defaultToolsets, type Role, toolsOf } from "./role.ts";
import { ToolList } from "./tool-list.ts";

/** The tools of a handler: those that role, toolsets and `allow` all include, except those in `deny`. */
export interface AccessOptions {
  /** @default "contributor" */
  role?: Role | undefined;
  /** @default `["context"]`; for moderators and admins also `"admin"`; for a list of tools as the role, all. */
  toolsets?: readonly Toolset[] | undefined;
  /**
   * Only these tools; `[]` allows none. Names without prefix.
   * @default no restriction
   */
  allow?: readonly ToolName[] | null | undefined;
  /**
   * Never these tools. Names without prefix.
   * @default none
   */
  deny?: readonly ToolName[] | null | undefined;
}

/** The tools that an agent may call, and why it may not call the others. Names without prefix. */
export interface AccessSummary {
  agent: string;
  role: Role;
  toolsets: readonly Toolset[];
  allow: readonly ToolName[] | null;
  deny: readonly ToolName[] | null;
  available: readonly ToolName[];
  unavailable: { readonly tool: ToolName; readonly reason: string }[];
}

export class Access {
  readonly allow: ToolList;
  readonly deny: ToolList;
  /** Undefined unless set: the toolsets then follow the role. */
  readonly #given: readonly Toolset[] | undefined;
  #role: Role;
  #roleTools: ReadonlySet<ToolName>;

  /** @throws INVALID_ARGUMENTS for unknown roles, toolsets and tools */
  constructor({ role = "contributor", toolsets, allow, deny }: AccessOptions) {
    this.#roleTools = toolsOf(role);
    this.#role = copyOf(role);
    this.#given = (toolsets ?? null) === null ? undefined : [...checkToolsets(toolsets)];
    this.allow = new ToolList("allow", allow);
    this.deny = new ToolList("deny", deny);
  }

  /** A copy. */
  get role(): Role {
    return copyOf(this.#role);
  }

  /** @throws INVALID_ARGUMENTS for an unknown role; the current role stays */
  setRole(role: Role): void {
    this.#roleTools = toolsOf(role);
    this.#role = copyOf(role);
  }

  available(): readonly ToolName[] {
    return TOOL_NAMES.filter((name) => this.denialReason(name) === undefined);
  }

  /** Why a tool may not be called; undefined if it may. */
  denialReason(name: ToolName): string | undefined {
    const { toolset } = toolOf(name);
    if (this.deny.has(name)) return "it is denied";
    if (!this.#roleTools.has(name))
      return typeof this.#role === "string"
        ? `the role "${this.#role}" does not include it`
        : "its role does not include it";
    if (!this.toolsets.includes(toolset)) return `the toolset "${toolset}" is not enabled`;
    return this.allow.has(name) ? undefined : "it is not in the allow list";
  }

  summary(agent: string): AccessSummary {
    return {
      agent,
      role: this.role,
      toolsets: [...this.toolsets],
      allow: this.allow.names,
      deny: this.deny.names,
      available: this.available(),
      unavailable: TOOL_NAMES.flatMap((tool) => {
        const reason = this.denialReason(tool);
        return reason === undefined ? [] : [{ tool, reason }];
      }),
    };
  }

  /** The enabled toolsets. */
  get toolsets(): readonly Toolset[] {
    return this.#given ?? defaultToolsets(this.#role);
  }
}

function copyOf(role: Role): Role {
  return typeof role === "string" ? role : [...role];
}
