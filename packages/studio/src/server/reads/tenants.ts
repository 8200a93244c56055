import { z } from "zod";
import type { TenantSummary } from "../../api/index.ts";
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
    const summaryOf = async (tenantId: string): Promise<TenantSummary | []> =>
      registry === undefined
        ? []
        : {
            tenantId,
            stats: await registry.stats(tenantId),
            limits: registry.limits(tenantId).tenant,
          };
    return {
      tenants: (await Promise.all(shown.map(summaryOf))).flat(),
      nextPage: start === -1 ? undefined : matching[start + limit],
      total: ids.length,
    };
  },
};
