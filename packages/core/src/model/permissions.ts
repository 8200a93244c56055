/** Topics by name, or all topics. */
export type TopicSet<T extends string = string> = readonly T[] | "*";

/** The permissions of an agent. Once any are set, what is not listed is denied (R5). */
export interface Permissions {
  /** Topics that the agent may post to; `"*"` is all of them. */
  readonly post: TopicSet;
  /** Topics that the agent may subscribe to; `"*"` is all of them. */
  readonly subscribe: TopicSet;
  /** Whether the agent may push and publish globally. */
  readonly global: boolean;
  /** Whether the agent may push and publish to agents by name. */
  readonly direct: boolean;
}

/**
 * Replaces permissions that are damaged where they are stored, and allows nothing. Recognized by identity, so that
 * calls of the agent are rejected with the reason, and an export does not mistake them for permissions.
 */
export const CORRUPT_PERMISSIONS: Permissions = Object.freeze({
  post: Object.freeze([]),
  subscribe: Object.freeze([]),
  global: false,
  direct: false,
});

/**
 * Replaces permissions of an earlier position that the log no longer holds. Recognized by identity, as
 * {@link CORRUPT_PERMISSIONS}.
 */
export const MISSING_PERMISSIONS: Permissions = Object.freeze({ ...CORRUPT_PERMISSIONS });

/** Parses the JSON text of permissions. Returns {@link CORRUPT_PERMISSIONS} for damaged text. */
export function parsePermissions(text: string): Permissions {
  try {
    const permissions = JSON.parse(text) as Partial<Permissions> | null;
    const { post, subscribe, global, direct } = permissions ?? {};
    const isWhole =
      isTopicSet(post) &&
      isTopicSet(subscribe) &&
      typeof global === "boolean" &&
      typeof direct === "boolean";
    return isWhole ? (permissions as Permissions) : CORRUPT_PERMISSIONS;
  } catch {
    return CORRUPT_PERMISSIONS;
  }
}

function isTopicSet(set: unknown): boolean {
  return set === "*" || (Array.isArray(set) && set.every((name) => typeof name === "string"));
}

/** The topics of `asked` that are not in `allowed`. */
export function topicsBeyond(allowed: TopicSet, asked: readonly string[]): readonly string[];
export function topicsBeyond(allowed: TopicSet, asked: TopicSet): TopicSet;
export function topicsBeyond(allowed: TopicSet, asked: TopicSet): TopicSet {
  if (allowed === "*") return [];
  return asked === "*" ? asked : asked.filter((topic) => !allowed.includes(topic));
}
