/** The results of `make` for the numbers from 0 up to, not including, `count`. */
export function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

/** The words of a text that one space separates. */
export function words(text: string): string[] {
  return text.split(" ");
}

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
