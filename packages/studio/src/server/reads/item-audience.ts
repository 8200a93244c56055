import { z } from "zod";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

export const itemAudience: MeshRead<"api/item/audience"> = {
  query: z.strictObject({
    ...parts.MOMENT,
    ...parts.PAGE,
    key: parts.text,
    prefix: parts.text.optional(),
  }),
  async answer({ moment }, { key, prefix, limit, page }) {
    const listed = await moment.system.audience(key, { prefix, limit, page });
    const { explanations: agents, visibleTo, nextPage } = listed;
    return { agents, visibleTo, nextPage };
  },
};
