import type { Page } from "@syntha/core";

/** Reads page after page of a listing. */
export async function* everyPage<L extends { readonly nextPage: Page | undefined }>(
  read: (at: { readonly page?: Page }) => Promise<L>,
): AsyncGenerator<L, void> {
  let page: Page | undefined;
  do {
    const listing = await read(page === undefined ? {} : { page });
    yield listing;
    page = listing.nextPage;
  } while (page !== undefined);
}
