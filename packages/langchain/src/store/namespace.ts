import { InvalidNamespaceError, type MatchCondition } from "@langchain/langgraph-checkpoint";

/** A path of labels; each label counts as the text that it is. */
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

/** Whether a namespace begins, or ends, as the condition says. `*` there, and only there, stands for any one label. */
export function matches({ matchType, path }: MatchCondition, namespace: Namespace): boolean {
  if (path.length > namespace.length) return false;
  const start = matchType === "prefix" ? 0 : namespace.length - path.length;
  return path.every((label, i) => label === "*" || label === namespace[start + i]);
}

/** What every namespace that matches begins with. */
export function commonStart(conditions: readonly MatchCondition[]): Namespace {
  const starts = conditions
    .filter(({ matchType }) => matchType === "prefix")
    .map(({ path }) => path.slice(0, wildcardAt(path)));
  return starts.toSorted((a, b) => b.length - a.length)[0] ?? [];
}

function wildcardAt(path: readonly string[]): number {
  const at = path.indexOf("*");
  return at < 0 ? path.length : at;
}
