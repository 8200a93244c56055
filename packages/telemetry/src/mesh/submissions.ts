import { type Context, context, type Link, ROOT_CONTEXT, trace } from "@opentelemetry/api";

/** Where each commit that now waits was asked for. Commits of several callers go to the storage as one. */
const submissions = new WeakMap<object, Context>();

/** Notes the active context as that of a commit. */
export function noteSubmission(commit: object): void {
  submissions.set(commit, context.active());
}

/**
 * What a group of commits is part of. One caller's commits are part of what that caller does. Those of several are part
 * of none of it, and linked to each; so is one of which nothing is known: the active context then is that of whoever
 * happened to start the writing.
 */
export function originOf(commits: readonly object[]): { parent: Context; links: Link[] } {
  const origins = new Map<string, Context>();
  for (const commit of commits) {
    const origin = submissions.get(commit);
    const place = origin && trace.getSpanContext(origin);
    if (place !== undefined) origins.set(place.spanId, origin as Context);
  }
  const [first = ROOT_CONTEXT] = origins.values();
  if (origins.size <= 1) return { parent: first, links: [] };
  const links = [...origins.values()].flatMap((origin) => trace.getSpanContext(origin) ?? []);
  return { parent: ROOT_CONTEXT, links: links.map((place) => ({ context: place })) };
}
