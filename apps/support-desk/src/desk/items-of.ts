import type { ContextMesh, Item } from "@syntha/core";

import { type Kind, kinds } from "./records.ts";

const PAGE = 1_000;

/** Items of a kind as the system sees them, page by page: memory does not grow with their number. */
export async function* itemsOf<T>(mesh: ContextMesh, kind: Kind): AsyncGenerator<Item<T>> {
  for (let page: string | undefined; ;) {
    const { items, nextPage } = await mesh.system.list({ prefix: kinds[kind], limit: PAGE, page });
    yield* items as unknown as Item<T>[];
    if (nextPage === undefined) return;
    page = nextPage;
  }
}
