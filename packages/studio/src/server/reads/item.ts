import { isSynthaError, type Item } from "@syntha/core";
import { z } from "zod";
import type { ItemDetail } from "../../api/index.ts";
import { toItemSummary } from "../json/item-summary.ts";
import { withLeases } from "../mesh/held-leases.ts";
import { itemsOf } from "../mesh/item-page.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

export const item: MeshRead<"api/item"> = {
  query: z.strictObject({ ...parts.VIEW, key: parts.text }),
  async answer({ moment: { system } }, { as, key }) {
    const explanation = await (as === undefined ? system.explain(key) : system.explain(as, key));
    const visible = as === undefined ? undefined : explanation.visible;
    const { item: read, value } = await detailOf(
      () => system.getItem(key),
      async () => {
        const [damaged] = await itemsOf(system, [key]);
        return { item: damaged };
      },
    );
    const [found] = await withLeases(system, read === undefined ? [] : [read]);
    return { item: found && { ...found, visible }, value, explanation };
  },
};

/** A damaged item has no value. */
async function detailOf(
  read: () => Promise<Item | undefined>,
  readDamaged: () => Promise<ItemDetail>,
): Promise<ItemDetail> {
  try {
    const found = await read();
    return found === undefined ? {} : { item: toItemSummary(found), value: found.value };
  } catch (error) {
    if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
    return readDamaged();
  }
}
