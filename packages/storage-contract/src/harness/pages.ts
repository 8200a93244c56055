import { expect } from "vitest";

/** All pages: `read` returns the one after a position, `next` its own position, or nothing for the last page. */
export async function readPages<P, N>(
  read: (after: N | undefined) => Promise<P>,
  next: (page: P) => N | null | undefined,
): Promise<P[]> {
  const pages: P[] = [];
  for (let after: N | undefined; ;) {
    const page = await read(after);
    pages.push(page);
    after = next(page) ?? undefined;
    if (after === undefined) return pages;
  }
}

/** Fails unless the pages hold the list, all but the last of them full. */
export function expectPages<T>(
  pages: readonly (readonly T[])[],
  list: readonly T[],
  limit: number,
): void {
  expect(pages.flat()).toEqual(list);
  for (const page of pages.slice(0, -1)) expect(page.length).toBe(limit);
  expect(pages.at(-1)?.length).toBeLessThanOrEqual(limit);
}
