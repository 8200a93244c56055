import type { RouteInput } from "@syntha/core";

interface Audience {
  readonly topics?: readonly string[] | null | undefined;
  readonly subscribers?: readonly string[] | null | undefined;
  readonly global?: boolean | null | undefined;
}

/** The route that a call names. What is null is not named. */
export function toRoute({ topics, subscribers, global }: Audience): RouteInput {
  return {
    topics: topics ?? undefined,
    subscribers: subscribers ?? undefined,
    global: global ?? undefined,
  };
}
