import { type Permissions, topicsBeyond } from "../model/permissions.ts";

/** R5: the part of a request that permissions do not allow; undefined if they allow all of it. */
export function denied(
  permissions: Permissions | null,
  asked: Permissions,
): Permissions | undefined {
  if (permissions === null) return undefined;
  const post = topicsBeyond(permissions.post, asked.post);
  const subscribe = topicsBeyond(permissions.subscribe, asked.subscribe);
  const global = asked.global && !permissions.global;
  const direct = asked.direct && !permissions.direct;
  if (post.length === 0 && subscribe.length === 0 && !global && !direct) return undefined;
  return { post, subscribe, global, direct };
}
