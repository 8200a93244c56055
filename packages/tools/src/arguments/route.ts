import type { RouteInput } from "@syntha/core";

export interface AudienceArguments {
  readonly topics?: readonly string[] | null | undefined;
  readonly subscribers?: readonly string[] | null | undefined;
  readonly global?: boolean | null | undefined;
}

/** The route that a call names: null, an empty list and `global: false` name nothing. */
export function toRoute({ topics, subscribers, global }: AudienceArguments): RouteInput {
  return {
    topics: topics?.length ? topics : undefined,
    subscribers: subscribers?.length ? subscribers : undefined,
    global: global === true ? true : undefined,
  };
}

/**
 * Whether a call names no audience, but says so by an empty list or `global: false`. Such a call may keep the audience
 * that a key has; for a new key it must never become the mesh's default route.
 */
export function isEmptied(audience: AudienceArguments): boolean {
  const { topics, subscribers, global } = toRoute(audience);
  const isNamed = (topics ?? subscribers ?? global) !== undefined;
  return !isNamed && (audience.topics ?? audience.subscribers ?? audience.global ?? null) !== null;
}
