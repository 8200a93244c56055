import { InvalidNamespaceError, type MatchCondition } from "@langchain/langgraph-checkpoint";

/** A path of labels, without patterns. */
export type Namespace = readonly string[];

/** @throws InvalidNamespaceError, as LangGraph's own stores do */
export function checkNamespace(
  namespace: unknown,
  mayBeEmpty = false,
): asserts namespace is string[] {
  if (!Array.isArray(namespace))
    throw new InvalidNamespaceError("A namespace must be an array of labels.");
  if (namespace.length === 0 && !mayBeEmpty)
    throw new InvalidNamespaceError("Namespace cannot be empty.");
  if (namespace.some((label) => typeof label !== "string" || label === ""))
    throw new InvalidNamespaceError("Namespace labels must be non-empty strings.");
}

/** Whether a namespace starts or ends with the path of the condition, in which `*` matches any one label. */
export function matches({ matchType, path }: MatchCondition, namespace: Namespace): boolean {
  if (path.length > namespace.length) return false;
  const start = matchType === "prefix" ? 0 : namespace.length - path.length;
  return path.every((label, i) => label === "*" || label === namespace[start + i]);
}

/** The longest path with which every matching namespace starts. */
export function commonPrefix(conditions: readonly MatchCondition[]): Namespace {
  const prefixes = conditions
    .filter(({ matchType }) => matchType === "prefix")
    .map(({ path }) => path.slice(0, wildcardAt(path)));
  return prefixes.toSorted((a, b) => b.length - a.length)[0] ?? [];
}

function wildcardAt(path: readonly string[]): number {
  const at = path.indexOf("*");
  return at < 0 ? path.length : at;
}
