import type { Namespace } from "./namespace.ts";

/** The position of an item in the store. */
export interface Address {
  readonly namespace: Namespace;
  readonly key: string;
}

/** The escape character, and what a mesh key cannot contain: NUL and lone surrogates. */
const UNSAFE = /[%\0]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const ESCAPED = /%([0-9A-F]{4})/g;

/**
 * The key in the mesh: the prefix, each label followed by a slash, another slash, the item's key. Labels are not empty and
 * their slashes are escaped, so the first double slash ends the namespace, and exactly the keys of a namespace and of those
 * below it start with its labels.
 */
export function toMeshKey(prefix: string, { namespace, key }: Address): string {
  return `${toMeshPrefix(prefix, namespace)}/${escape(key)}`;
}

/** The prefix of exactly the keys of a namespace and of all namespaces below it. */
export function toMeshPrefix(prefix: string, namespace: Namespace): string {
  return prefix + namespace.map((label) => `${escape(label).replaceAll("/", "%002F")}/`).join("");
}

/** Undefined for a key that the store does not write: it belongs to another user of the mesh. */
export function fromMeshKey(prefix: string, meshKey: string): Address | undefined {
  const end = meshKey.indexOf("//", prefix.length);
  if (!meshKey.startsWith(prefix) || meshKey[prefix.length] === "/" || end < 0) return undefined;
  const address = {
    namespace: meshKey.slice(prefix.length, end).split("/").map(unescape),
    key: unescape(meshKey.slice(end + 2)),
  };
  return toMeshKey(prefix, address) === meshKey ? address : undefined;
}

function escape(text: string): string {
  return text.replace(
    UNSAFE,
    (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}

function unescape(text: string): string {
  return text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
