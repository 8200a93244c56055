import type { Page } from "@syntha/core";
import { untilInterrupted } from "../interrupt.ts";
import type { OpenMesh } from "./open-mesh.ts";

/** Reads page after page of a listing. @throws Interrupted */
export async function* everyPage<L extends { readonly nextPage: Page | undefined }>(
  { signal }: Pick<OpenMesh, "signal">,
  read: (at: { readonly page?: Page }) => Promise<L>,
): AsyncGenerator<L, void> {
  let page: Page | undefined;
  do {
    const listing = await untilInterrupted(signal, read(page === undefined ? {} : { page }));
    yield listing;
    page = listing.nextPage;
  } while (page !== undefined);
}
