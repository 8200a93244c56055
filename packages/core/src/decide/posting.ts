import { SynthaError } from "../error/syntha-error.ts";
import type { Route } from "../route/route.ts";
import { type Permissions, topicsBeyond } from "../model/permissions.ts";
import { type Draft, refuse } from "./draft.ts";

/** R5: the permissions of the actor must allow every part of the resulting route. */
export function checkPosting(draft: Draft, route: Route): void {
  const permissions = draft.actor === null ? null : draft.permissions(draft.actor);
  if (permissions === null) return;
  const topics = topicsBeyond(permissions.post, route.topics);
  const global = route.global && !permissions.global;
  const direct = route.subscribers.length > 0 && !permissions.direct;
  if (topics.length > 0 || global || direct)
    refuse(postingDenied(draft.actor as string, permissions, { topics, global, direct }));
}

/** `setPermissions` replaces: naming only what is new would remove the rest, and end subscriptions. */
export const TO_ALLOW_MORE =
  "To allow more, call mesh.setPermissions with all that it may do, old and new: what is not named is denied.";

function postingDenied(
  agent: string,
  permissions: Permissions,
  { topics, global, direct }: { topics: readonly string[]; global: boolean; direct: boolean },
): SynthaError {
  const acts = [
    ...(topics.length > 0 ? [`post to ${topics.map((topic) => `"${topic}"`).join(", ")}`] : []),
    ...(global ? ["push globally"] : []),
    ...(direct ? ["push to agents by name"] : []),
  ];
  return new SynthaError("FORBIDDEN", `${agent} may not ${acts.join(", nor ")}.`, {
    hint:
      permissions.post !== "*" && permissions.post.length > 0
        ? `It may post to: ${permissions.post.join(", ")}. ${TO_ALLOW_MORE}`
        : TO_ALLOW_MORE,
    details: {
      ...(topics.length > 0 && { topics }),
      ...(global && { global }),
      ...(direct && { direct }),
    },
  });
}

/** R3: a new item or event needs a route. */
export function routeRequired(what: string): never {
  refuse(
    new SynthaError("ROUTE_REQUIRED", `${what} needs to say who it is for.`, {
      hint: `Add topics: ["support"], subscribers: ["Manager"], or global: true for everyone.`,
    }),
  );
}
