import type { ItemHeader, Listing } from "@syntha/core";
import { z } from "zod";
import { MAX_PAGE } from "../limits.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

/** Visible items that are counted. */
const MAX_COUNTED = 20_000;

export const visibility: MeshRead<"api/visibility"> = {
  query: z.strictObject({ ...parts.VIEW, as: parts.text }),
  async answer({ moment, reader }) {
    let [visible, page]: [number, string | undefined] = [0, undefined];
    do {
      const listed: Listing<ItemHeader> = await reader.list({
        values: false,
        limit: MAX_PAGE,
        page,
      });
      visible += listed.items.length;
      page = listed.nextPage;
    } while (page !== undefined && visible < MAX_COUNTED);
    const { items } = await moment.stats();
    return { visible, hidden: Math.max(0, items - visible), isExact: page === undefined };
  },
};
