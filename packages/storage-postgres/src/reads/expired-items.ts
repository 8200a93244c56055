import { ExpiredItems } from "@syntha/core/storage";
import { call } from "../connection/statement.ts";
import type { TenantView } from "./tenant-view.ts";

/** There may be very many expired items if none were deleted for a long time. */
const PAGE_ROWS = 2_000;

type ExpiredRow = readonly [
  topics: string,
  global: boolean,
  bytes: number,
  expiresAt: number,
  key: string,
];

/** The expired items that are not deleted yet. */
export async function expiredItems(view: TenantView): Promise<ExpiredItems> {
  const { tables, name, snapshot } = view;
  const routes: { topics: string[]; global: boolean; bytes: number }[] = [];
  for (let [at, after] = [-1, ""]; ;) {
    const page = call(tables.items.expiredRoutes, name, snapshot.now, at, after, PAGE_ROWS);
    const rows = (await view.one(page)).rows as unknown as readonly ExpiredRow[];
    for (const [topics, global, bytes] of rows)
      routes.push({ topics: JSON.parse(topics) as string[], global, bytes });
    const last = rows.at(-1);
    if (rows.length < PAGE_ROWS || last === undefined) return new ExpiredItems(routes);
    [, , , at, after] = last;
  }
}
