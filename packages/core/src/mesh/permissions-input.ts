import { SynthaError } from "../error/syntha-error.ts";
import type { Permissions } from "../storage/permissions.ts";
import { checkNames } from "../text/name.ts";

/** Topics that one agent's permissions may name. */
const MOST_TOPICS = 1_000;

/** What an agent may do; each part that is left out denies all of its kind. */
export interface PermissionsInput<T extends string = string> {
  post?: readonly T[] | undefined;
  subscribe?: readonly T[] | undefined;
  global?: boolean | undefined;
  direct?: boolean | undefined;
}

/** @throws INVALID_ARGUMENTS for unknown parts and wrong kinds; what `checkNames` throws. */
export function checkPermissions(input: PermissionsInput): Permissions {
  const { post = [], subscribe = [], global = false, direct = false, ...rest } = input;
  const unknown = Object.keys(rest);
  if (unknown.length > 0 || typeof global !== "boolean" || typeof direct !== "boolean") {
    throw new SynthaError("INVALID_ARGUMENTS", "These are no permissions.", {
      hint: "Pass { post: [...], subscribe: [...], global: false, direct: false }, or null to clear them.",
      details: { path: unknown[0] ?? "global" },
    });
  }
  return { post: names(post), subscribe: names(subscribe), global, direct };
}

/**
 * What somebody asks whether it is allowed.
 * @throws INVALID_ARGUMENTS when that is nothing: the answer would always be yes; what `checkPermissions` throws.
 */
export function checkAsked(input: PermissionsInput): Permissions {
  const asked = checkPermissions(input ?? {});
  const { post, subscribe, global, direct } = asked;
  if (post.length > 0 || subscribe.length > 0 || global || direct) return asked;
  throw new SynthaError("INVALID_ARGUMENTS", "This asks for nothing.", {
    hint: 'Ask for something, such as { post: ["support"] } or { global: true }.',
    details: { path: "asked" },
  });
}

function names(topics: readonly string[]): readonly string[] {
  return Array.isArray(topics) && topics.length === 0
    ? []
    : checkNames("topic", topics, MOST_TOPICS);
}
