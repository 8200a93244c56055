import { z } from "zod";
import { parts } from "./query-parts.ts";
import type { Read } from "./read.ts";

export const tenants: Read<"api/tenants"> = {
  query: z.strictObject({ ...parts.PAGE, prefix: parts.text.optional() }),
  async answer({ identity, meshes }, { prefix = "", limit = 100, page }) {
    const ids = await meshes.list(identity);
    const matching = ids.filter((id) => id.startsWith(prefix));
    // The page token is the first id of the page.
    const start = page === undefined ? 0 : matching.findIndex((id) => id === page);
    const shown = start === -1 ? [] : matching.slice(start, start + limit);
    const { tenants: registry } = meshes;
    const sizes = await Promise.all(
      shown.map(async (tenantId) => ({ tenantId, stats: await registry?.stats(tenantId) })),
    );
    return {
      tenants: sizes.flatMap(({ tenantId, stats }) => (stats ? [{ tenantId, stats }] : [])),
      nextPage: start === -1 ? undefined : matching[start + limit],
      total: ids.length,
    };
  },
};
