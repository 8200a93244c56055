import type { Permissions } from "../model/permissions.ts";

/** R5: the part of a request that permissions do not allow; undefined if they allow all of it. */
export function denied(
  permissions: Permissions | null,
  asked: Permissions,
): Permissions | undefined {
  if (permissions === null) return undefined;
  const post = asked.post.filter((topic) => !permissions.post.includes(topic));
  const subscribe = asked.subscribe.filter((topic) => !permissions.subscribe.includes(topic));
  const global = asked.global && !permissions.global;
  const direct = asked.direct && !permissions.direct;
  if (post.length === 0 && subscribe.length === 0 && !global && !direct) return undefined;
  return { post, subscribe, global, direct };
}
