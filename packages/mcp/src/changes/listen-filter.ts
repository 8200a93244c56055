/** The URIs that the parameters of a `subscriptions/listen` name; undefined if it is not about resources. */
export function listenedUris(params: unknown): readonly string[] | undefined {
  const { notifications } = Object(params) as Record<string, unknown>;
  const filter = Object(notifications) as Record<string, unknown>;
  const uris = filter["resourceSubscriptions"];
  if (Array.isArray(uris) && uris.length > 0)
    return uris.filter((uri): uri is string => typeof uri === "string");
  return filter["resourcesListChanged"] === true ? [] : undefined;
}
