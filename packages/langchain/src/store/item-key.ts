import type { Namespace } from "./namespace.ts";

/** Where an item of the store stands. */
export interface Address {
  readonly namespace: Namespace;
  readonly key: string;
}

/** An escape, and what a key of the mesh can't hold: NUL, and halves of surrogate pairs. */
const NO_TEXT = /[%\0]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const ESCAPED = /%([0-9A-F]{4})/g;

/**
 * The key in the mesh: `prefix`, each label with a slash behind it, one more slash, the item's key. Labels hold no slash
 * of their own and are never empty, so the first two slashes in a row end the namespace, and what begins with a
 * namespace's labels is in it or below it.
 */
export function toMeshKey(prefix: string, { namespace, key }: Address): string {
  return `${toMeshPrefix(prefix, namespace)}/${escape(key)}`;
}

/** What the keys of a namespace, and of all below it, begin with, and no others do. */
export function toMeshPrefix(prefix: string, namespace: Namespace): string {
  return prefix + namespace.map((label) => `${escape(label).replaceAll("/", "%002F")}/`).join("");
}

/** Undefined for what the store would not have written so: it is somebody else's. */
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
    NO_TEXT,
    (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}

function unescape(text: string): string {
  return text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
