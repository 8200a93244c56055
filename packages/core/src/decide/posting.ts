import { SynthaError } from "../error/syntha-error.ts";
import type { Route } from "../route/route.ts";
import { type Draft, refuse } from "./draft.ts";

/** R5 on the route that results: whoever posts must be allowed every part of it. */
export function checkPosting(draft: Draft, route: Route): void {
  const permissions = draft.by === null ? null : draft.facts.permissions(draft.by);
  if (permissions === null) return;
  const topics = route.topics.filter((topic) => !permissions.post.includes(topic));
  const global = route.global && !permissions.global;
  const direct = route.subscribers.length > 0 && !permissions.direct;
  if (topics.length === 0 && !global && !direct) return;
  const denied = [
    ...(topics.length > 0 ? [`post to ${topics.map((topic) => `"${topic}"`).join(", ")}`] : []),
    ...(global ? ["push globally"] : []),
    ...(direct ? ["push to agents by name"] : []),
  ];
  refuse(
    new SynthaError("FORBIDDEN", `${draft.by} may not ${denied.join(", nor ")}.`, {
      hint:
        permissions.post.length > 0
          ? `It may post to: ${permissions.post.join(", ")}. Whoever runs the mesh can widen that with setPermissions.`
          : "Whoever runs the mesh can widen that with setPermissions.",
      details: {
        ...(topics.length > 0 && { topics }),
        ...(global && { global }),
        ...(direct && { direct }),
      },
    }),
  );
}

/** R3: what is created needs a route. */
export function routeRequired(what: string): never {
  refuse(
    new SynthaError("ROUTE_REQUIRED", `${what} needs to say who it is for.`, {
      hint: `Add topics: ["support"], subscribers: ["Manager"], or global: true for everyone.`,
    }),
  );
}
