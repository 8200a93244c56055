import { SynthaError } from "@syntha/core";
import { describe, nearest } from "@syntha/core/storage";
import { isToolName, TOOL_NAMES, type ToolName, toolOf } from "../tools/index.ts";
import { TOOLSETS, type Toolset } from "../tool.ts";

/**
 * A named role: `readonly` has the tools that read, `contributor` all but the admin tools, `moderator` also
 * `manage_subscriptions`, `admin` all.
 */
export type RoleName = "readonly" | "contributor" | "moderator" | "admin";

/** A named role, or the list of its tools without prefix. */
export type Role = RoleName | readonly ToolName[];

const ROLES: Readonly<Record<RoleName, readonly ToolName[]>> = {
  readonly: TOOL_NAMES.filter((name) => toolOf(name).effect === "read"),
  contributor: TOOL_NAMES.filter((name) => toolOf(name).toolset !== "admin"),
  moderator: TOOL_NAMES.filter((name) => name !== "delete_topic"),
  admin: TOOL_NAMES,
};

const ROLE_NAMES = Object.keys(ROLES) as readonly RoleName[];

/** The tools of a role. @throws INVALID_ARGUMENTS for an unknown role. */
export function toolsOf(role: Role): ReadonlySet<ToolName> {
  if (Array.isArray(role)) return new Set(checkToolNames("role", role));
  if (typeof role === "string" && Object.hasOwn(ROLES, role))
    return new Set(ROLES[role as RoleName]);
  throw new SynthaError("INVALID_ARGUMENTS", `Unknown role ${describe(role)}.`, {
    hint: `Use ${ROLE_NAMES.map((name) => `"${name}"`).join(", ")}, or a list of tool names.`,
    details: { path: "role" },
  });
}

/** The toolsets of a role if none are set. For a list of tools, all: the list is the restriction. */
export function defaultToolsets(role: Role): readonly Toolset[] {
  if (typeof role !== "string") return TOOLSETS;
  return role === "moderator" || role === "admin" ? ["context", "admin"] : ["context"];
}

/** @throws INVALID_ARGUMENTS for unknown tools: a misspelled name would deny nothing */
export function checkToolNames(path: string, names: unknown): readonly ToolName[] {
  if (Array.isArray(names) && names.every(isToolName)) return names;
  const wrong: unknown = Array.isArray(names) ? names.find((name) => !isToolName(name)) : undefined;
  const message = Array.isArray(names)
    ? `Unknown tool ${describe(wrong)} in \`${path}\`.`
    : `\`${path}\` must be a list of tool names.`;
  const [near] = typeof wrong === "string" ? nearest(wrong, TOOL_NAMES, 1) : [];
  const guess = near === undefined ? "" : `Did you mean "${near}"? `;
  throw new SynthaError("INVALID_ARGUMENTS", message, {
    hint: `${guess}Names, without the prefix: ${TOOL_NAMES.join(", ")}.`,
    details: { path },
  });
}

export function checkToolsets(names: unknown): readonly Toolset[] {
  const known: readonly unknown[] = TOOLSETS;
  if (Array.isArray(names) && names.every((name) => known.includes(name)))
    return names as readonly Toolset[];
  throw new SynthaError("INVALID_ARGUMENTS", "`toolsets` must be a list of toolsets.", {
    hint: `Toolsets: ${TOOLSETS.join(", ")}.`,
    details: { path: "toolsets" },
  });
}
