import { type Context, context, type Link, ROOT_CONTEXT, trace } from "@opentelemetry/api";

/** The context in which each queued commit was requested. The storage receives commits of several callers as one group. */
const origins = new WeakMap<object, Context>();

/** Stores the active context as the origin of a commit. */
export function setOrigin(commit: object): void {
  origins.set(commit, context.active());
}

/**
 * The parent and links of a group's span. Commits of one caller are part of that caller's operation. Commits of several
 * callers start a trace of their own with a link to each, and so does a commit of unknown origin: the active context is that of
 * the caller that happened to start the group.
 */
export function originOf(commits: readonly object[]): { parent: Context; links: Link[] } {
  const bySpan = new Map<string, Context>();
  for (const commit of commits) {
    const origin = origins.get(commit);
    const span = origin && trace.getSpanContext(origin);
    if (span !== undefined) bySpan.set(span.spanId, origin as Context);
  }
  const [first = ROOT_CONTEXT] = bySpan.values();
  if (bySpan.size <= 1) return { parent: first, links: [] };
  const spans = [...bySpan.values()].flatMap((origin) => trace.getSpanContext(origin) ?? []);
  return { parent: ROOT_CONTEXT, links: spans.map((span) => ({ context: span })) };
}
