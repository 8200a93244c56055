import { Lapsed } from "@syntha/core/storage";
import { call } from "../connections/statement.ts";
import type { View } from "./view.ts";

/** What is expired and not swept yet. */
export async function lapsedOf(view: View): Promise<Lapsed> {
  const { sql, name, snapshot } = view;
  const { rows } = await view.one(call(sql.item.expiredRoutes, name, snapshot.now));
  return new Lapsed(
    (rows as readonly (readonly [string, boolean, number])[]).map(([topics, global, bytes]) => ({
      topics: JSON.parse(topics) as string[],
      global,
      bytes,
    })),
  );
}
