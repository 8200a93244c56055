/** What an agent may do, once any of it is set: what is not named is denied (R5). */
export interface Permissions {
  /** Topics that it may post to. */
  readonly post: readonly string[];
  /** Topics that it may subscribe to. */
  readonly subscribe: readonly string[];
  /** Whether it may push and publish for everyone. */
  readonly global: boolean;
  /** Whether it may push and publish to agents by name. */
  readonly direct: boolean;
}

/**
 * In place of permissions that are damaged where they are stored: nothing is allowed. Known by identity, so that calls of
 * the agent are refused with the reason, and an export does not take them for permissions that were set.
 */
export const CORRUPT_PERMISSIONS: Permissions = Object.freeze({
  post: Object.freeze([]),
  subscribe: Object.freeze([]),
  global: false,
  direct: false,
});

/** From the JSON text that a storage keeps. Never throws: see `CORRUPT_PERMISSIONS`. */
export function parsePermissions(text: string): Permissions {
  try {
    const permissions = JSON.parse(text) as Partial<Permissions> | null;
    const { post, subscribe, global, direct } = permissions ?? {};
    const isWhole =
      isNames(post) &&
      isNames(subscribe) &&
      typeof global === "boolean" &&
      typeof direct === "boolean";
    return isWhole ? (permissions as Permissions) : CORRUPT_PERMISSIONS;
  } catch {
    return CORRUPT_PERMISSIONS;
  }
}

function isNames(list: unknown): boolean {
  return Array.isArray(list) && list.every((name) => typeof name === "string");
}
