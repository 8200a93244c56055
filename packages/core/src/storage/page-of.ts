/** A page of names, and where the next one starts, from names read up to one beyond the page. */
export function pageOf(
  names: readonly string[],
  limit: number,
): { readonly page: readonly string[]; readonly next: string | null } {
  const page = names.slice(0, limit);
  return { page, next: names.length > limit ? (page.at(-1) ?? null) : null };
}
