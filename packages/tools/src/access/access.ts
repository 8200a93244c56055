import { TOOL_NAMES, type ToolName, toolOf } from "../tools/index.ts";
import type { Toolset } from "../toolset.ts";
import { checkToolsets, defaultToolsets, type Role, toolsOf } from "./role.ts";
import { ToolList } from "./tool-list.ts";

/** Which tools a handler has: those that role, toolsets and `allow` all include, except those in `deny`. */
export interface AccessOptions {
  /** Default `"contributor"`. */
  role?: Role | undefined;
  /** Default `["context"]`; for moderator and admin also `"admin"`; for a list of tools as the role, all. */
  toolsets?: readonly Toolset[] | undefined;
  /** Only these tools; `[]` allows none. Default: no restriction. */
  allow?: readonly ToolName[] | null | undefined;
  /** Never these tools. */
  deny?: readonly ToolName[] | null | undefined;
}

export class Access {
  readonly allow: ToolList;
  readonly deny: ToolList;
  /** Undefined when none were named: then they follow the role. */
  readonly #named: readonly Toolset[] | undefined;
  #role: Role;
  #ofRole: ReadonlySet<ToolName>;

  /** @throws INVALID_ARGUMENTS for unknown roles, toolsets and tools */
  constructor({ role = "contributor", toolsets, allow, deny }: AccessOptions) {
    this.#ofRole = toolsOf(role);
    this.#role = copyOf(role);
    const isNamed = toolsets !== undefined && toolsets !== null;
    this.#named = isNamed ? [...checkToolsets(toolsets)] : undefined;
    this.allow = new ToolList("allow", allow);
    this.deny = new ToolList("deny", deny);
  }

  /** A copy. */
  get role(): Role {
    return copyOf(this.#role);
  }

  get toolsets(): readonly Toolset[] {
    return this.#named ?? defaultToolsets(this.#role);
  }

  /** @throws INVALID_ARGUMENTS for an unknown role; the role then stays */
  setRole(role: Role): void {
    this.#ofRole = toolsOf(role);
    this.#role = copyOf(role);
  }

  available(): readonly ToolName[] {
    return TOOL_NAMES.filter((name) => this.obstacle(name) === undefined);
  }

  /** Why a tool may not be called; undefined when it may. */
  obstacle(name: ToolName): string | undefined {
    const { toolset } = toolOf(name);
    if (this.deny.has(name)) return "it is denied";
    if (!this.#ofRole.has(name))
      return typeof this.#role === "string"
        ? `the role "${this.#role}" does not include it`
        : "its role does not include it";
    if (!this.toolsets.includes(toolset)) return `the toolset "${toolset}" is not enabled`;
    return this.allow.has(name) ? undefined : "it is not in the allow list";
  }
}

function copyOf(role: Role): Role {
  return typeof role === "string" ? role : [...role];
}
