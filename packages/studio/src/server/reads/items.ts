import { z } from "zod";
import { itemPage } from "../mesh/item-page.ts";
import { viewOfPage } from "../mesh/item-view.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

export const items: MeshRead<"api/items"> = {
  query: z.strictObject({
    ...parts.VIEW,
    ...parts.PAGE,
    prefix: parts.text.optional(),
    topic: parts.text.optional(),
    author: parts.text.optional(),
    state: parts.state.optional(),
    updatedAfter: parts.time.optional(),
    mode: z.enum(["dim", "own"]).optional(),
  }),
  async answer({ moment, reader }, query) {
    const { as, mode = "dim", topic, prefix, author, state, updatedAfter, limit, page } = query;
    const listed = await itemPage(mode === "own" ? reader : moment.system, {
      topics: topic === undefined ? undefined : [topic],
      prefix,
      author,
      state,
      updatedAfter: updatedAfter === undefined ? undefined : new Date(updatedAfter),
      limit,
      page,
    });
    return viewOfPage(moment.system, mode === "own" ? undefined : as, listed);
  },
};
