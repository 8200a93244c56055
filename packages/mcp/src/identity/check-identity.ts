import { SynthaError } from "@syntha/core";
import { checkAgentName, describe } from "@syntha/core/storage";
import { type Role, type RoleName, TOOL_NAMES, TOOLSETS } from "@syntha/tools";
import type { Identity } from "./identity.ts";
import { SCOPES } from "./scope.ts";

const ROLES = Object.keys({
  readonly: true,
  contributor: true,
  moderator: true,
  admin: true,
} satisfies Record<RoleName, true>) as readonly RoleName[];

/** What a request may do: the part of an identity that consists of names. */
export type Rights = Pick<Identity, "tenantId" | "agent" | "role" | "toolsets" | "scopes">;

/**
 * @param path of the rights in what is checked, such as "tokens.laptop"; "" for none
 * @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE
 */
export function checkRights(rights: Rights, path = ""): void {
  const { tenantId, agent, role, toolsets, scopes } = rights;
  if (typeof tenantId !== "string" || tenantId === "")
    throw invalid(path, "tenantId", tenantId, "Name the tenant whose mesh the agent joins.");
  checkAgentName(agent);
  if (role !== undefined) checkRole(role, path);
  checkNames("toolsets", toolsets, TOOLSETS, path);
  checkNames("scopes", scopes, SCOPES, path);
}

function checkRole(role: Role, path: string): void {
  if (Array.isArray(role)) checkNames("role", role, TOOL_NAMES, path);
  else if (!ROLES.includes(role as RoleName))
    throw invalid(path, "role", role, `Use ${ROLES.join(", ")}, or a list of tools.`);
}

function checkNames(
  name: string,
  given: readonly string[] | undefined,
  known: readonly string[],
  path: string,
): void {
  if (given === undefined) return;
  if (Array.isArray(given) && given.every((each) => known.includes(each))) return;
  const wrong: unknown = Array.isArray(given) ? given.find((each) => !known.includes(each)) : given;
  throw invalid(path, name, wrong, `Use a list of ${known.join(", ")}.`);
}

function invalid(path: string, name: string, given: unknown, hint: string): SynthaError {
  const full = path === "" ? name : `${path}.${name}`;
  return new SynthaError("INVALID_ARGUMENTS", `Invalid \`${full}\`: ${describe(given)}.`, {
    hint,
    details: { path: full },
  });
}
