import { SynthaError } from "../error/syntha-error.ts";
import type { Permissions, TopicSet } from "../model/permissions.ts";
import { checkFlag } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { checkNames } from "../text/name.ts";

/** Topics that one agent's permissions may name. */
const MAX_TOPICS = 1_000;

const FEWER_TOPICS = `Permissions name up to ${MAX_TOPICS} topics: let several of them share a topic.`;

/** What an agent may do; each part that is left out denies all of its kind. */
export interface PermissionsInput<T extends string = string> {
  /** Topics that it may push and publish to; `"*"` is all topics. */
  post?: TopicSet<T> | undefined;
  /** Topics that it may subscribe to; `"*"` is all topics. */
  subscribe?: TopicSet<T> | undefined;
  /** Whether it may push and publish to everyone. */
  global?: boolean | undefined;
  /** Whether it may push and publish to agents by name. */
  direct?: boolean | undefined;
}

const PARTS = { post: true, subscribe: true, global: true, direct: true } as const;
const SET = knownOptions<PermissionsInput>("setPermissions", PARTS);
const ASKED = knownOptions<PermissionsInput>("can", PARTS);

/** @throws INVALID_ARGUMENTS for unknown parts and wrong types; what `checkNames` throws */
export function checkPermissions(input: PermissionsInput, known = SET): Permissions {
  checkOptions(input, known);
  const { post = [], subscribe = [], global = false, direct = false } = input;
  checkFlag("global", global);
  checkFlag("direct", direct);
  return { post: names("post", post), subscribe: names("subscribe", subscribe), global, direct };
}

/** @throws INVALID_ARGUMENTS if nothing is asked, which would always be allowed; what `checkPermissions` throws */
export function checkAsked(input: PermissionsInput): Permissions {
  const asked = checkPermissions(input ?? {}, ASKED);
  const { post, subscribe, global, direct } = asked;
  if (post.length > 0 || subscribe.length > 0 || global || direct) return asked;
  throw new SynthaError("INVALID_ARGUMENTS", "Name at least one permission to check.", {
    hint: 'Ask for something, such as { post: ["support"] } or { global: true }.',
    details: { path: "asked" },
  });
}

/** @throws INVALID_ARGUMENTS for a list with `"*"`, which is meant to be all topics and would be one */
function names(part: "post" | "subscribe", topics: TopicSet): TopicSet {
  if (topics === "*") return topics;
  if (!Array.isArray(topics)) return checkNames("topic", topics, MAX_TOPICS);
  if (topics.length === 0) return [];
  if (topics.includes("*"))
    throw new SynthaError("INVALID_ARGUMENTS", `\`${part}\` is a list with "*" in it.`, {
      hint: `Write ${part}: "*" for all topics, or name the topics.`,
      details: { path: part },
    });
  return checkNames("topic", topics, MAX_TOPICS, undefined, FEWER_TOPICS);
}
