import { SynthaError, type Topic } from "@syntha/core";

const PREFIX = "t1.";

/** The token of the page after a topic. Names sort by code point, so a deleted topic's name is a position too. */
export function pageAfterTopic(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `${PREFIX}${name}`;
}

export function topicsAfter(topics: readonly Topic[], page: string | undefined): readonly Topic[] {
  const after = page === undefined ? undefined : toName(page);
  const sorted = topics.toSorted((a, b) => compare(a.name, b.name));
  return after === undefined ? sorted : sorted.filter(({ name }) => compare(name, after) > 0);
}

function toName(page: string): string {
  if (page.length > PREFIX.length && page.startsWith(PREFIX)) return page.slice(PREFIX.length);
  throw new SynthaError("INVALID_CURSOR", "Invalid page token.");
}

/** By code point, the order of every listing. */
function compare(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length;) {
    const [x = 0, y = 0] = [a.codePointAt(i), b.codePointAt(i)];
    if (x !== y) return x - y;
    i += x > 0xffff ? 2 : 1;
  }
  return a.length - b.length;
}
