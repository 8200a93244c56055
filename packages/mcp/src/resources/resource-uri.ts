/** The profiles of the agents that are known. */
export const AGENTS_URI = "syntha://agents";

/** What changed, from a cursor on. */
export const CHANGES_URI = "syntha://changes";

/** RFC 6570. Clients expand them; the server completes `key` and `topic`. */
export const URI_TEMPLATES = {
  item: "syntha://item/{key}",
  topic: "syntha://topic/{topic}",
  changes: "syntha://changes{?since}",
} as const;

/** What a URI identifies. Page tokens and cursors are not checked. */
export type ResourceTarget =
  | { readonly kind: "item"; readonly key: string }
  | { readonly kind: "topic"; readonly topic: string; readonly page: string | undefined }
  | { readonly kind: "agents"; readonly page: string | undefined }
  | { readonly kind: "changes"; readonly since: string | undefined };

/** Of an item: all but letters, digits and `-._~` is percent-encoded, as RFC 6570 expands the template. */
export function itemUri(key: string): string {
  return `syntha://item/${encodeName(key)}`;
}

/** Of a topic's visible items. */
export function topicUri(topic: string, page?: string): string {
  return `syntha://topic/${encodeName(topic)}${query("page", page)}`;
}

export function agentsUri(page?: string): string {
  return `${AGENTS_URI}${query("page", page)}`;
}

export function changesUri(since?: string): string {
  return `${CHANGES_URI}${query("since", since)}`;
}

/** Undefined for a URI that is not ours. Accepts any percent-encoding of a name. */
export function parseResourceUri(uri: string): ResourceTarget | undefined {
  const match = /^syntha:\/\/(item|topic|agents|changes)(?:\/([^?#]+))?(?:\?([^#]*))?$/.exec(uri);
  if (match === null) return undefined;
  const [, kind, encoded, search = ""] = match;
  const name = encoded && decodeName(encoded);
  const parameters = new URLSearchParams(search);
  const value = (of: string): string | undefined => parameters.get(of) || undefined;
  const allows = (...names: string[]): boolean =>
    [...parameters.keys()].every(
      (given, i, all) => names.includes(given) && all.indexOf(given) === i,
    );
  switch (kind) {
    case "item":
      return name !== undefined && allows() ? { kind, key: name } : undefined;
    case "topic":
      if (name === undefined || !allows("page")) return undefined;
      return { kind, topic: name, page: value("page") };
    case "agents":
      return encoded === undefined && allows("page") ? { kind, page: value("page") } : undefined;
    case "changes":
      return encoded === undefined && allows("since") ? { kind, since: value("since") } : undefined;
    default:
      return undefined;
  }
}

/** The one spelling of a URI that notifications start from; undefined for a URI that is not ours. */
export function canonicalUri(uri: string): string | undefined {
  const target = parseResourceUri(uri);
  switch (target?.kind) {
    case "item":
      return itemUri(target.key);
    case "topic":
      return topicUri(target.topic);
    case "agents":
      return AGENTS_URI;
    case "changes":
      return CHANGES_URI;
    default:
      return undefined;
  }
}

function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Undefined for broken percent-encoding, and for half of a surrogate pair, which no name holds. */
function decodeName(encoded: string): string | undefined {
  try {
    const name = decodeURIComponent(encoded);
    encodeURIComponent(name);
    return name;
  } catch {
    return undefined;
  }
}

function query(name: string, value: string | undefined): string {
  return value === undefined ? "" : `?${name}=${encodeName(value)}`;
}
