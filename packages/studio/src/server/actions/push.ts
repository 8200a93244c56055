import type { Duration, JsonValue, Pushed } from "@syntha/core";
import { z } from "zod";
import type { PushAnswer } from "../../api/index.ts";
import { act } from "./act.ts";
import type { Action } from "./action.ts";
import { body } from "./body-parts.ts";

export const push: Action<"api/push"> = {
  body: z.strictObject({
    ...body.TENANT,
    key: body.text,
    value: z.custom<JsonValue>((value) => value !== undefined, "Expected a JSON value."),
    topics: body.names.optional(),
    subscribers: body.names.optional(),
    global: z.boolean().optional(),
    ifRevision: body.revision.optional(),
    ttl: z.string().optional(),
  }),
  answer: (scope, { key, value, topics, subscribers, global, ifRevision, ttl }) =>
    act(scope, {
      action: "push",
      about: { key },
      run: async (actor) => {
        const route = { topics, subscribers, global };
        // Text of another form is refused by the mesh.
        return toAnswer(
          await actor.push(key, value, { ...route, ifRevision, ttl: ttl as Duration | undefined }),
        );
      },
    }),
};

/** What the page needs to know of a push. */
export function toAnswer(pushed: Pushed): Omit<PushAnswer, "actor"> {
  const { key, revision, topicsWithoutSubscribers, unknownSubscribers } = pushed;
  return { key, revision, topicsWithoutSubscribers, unknownSubscribers };
}
