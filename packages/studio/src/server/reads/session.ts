import { z } from "zod";
import { MAX_TENANT_IDS } from "../limits.ts";
import { VERSION } from "../version.ts";
import type { Read } from "./read.ts";

export const session: Read<"api/session"> = {
  query: z.strictObject({}),
  async answer({ identity, options, meshes }) {
    const { person = options.person, write = true } = identity;
    const isMany = meshes.tenants !== undefined;
    const tenantIds = isMany ? (await meshes.list(identity)).slice(0, MAX_TENANT_IDS) : undefined;
    return {
      version: VERSION,
      tenantIds,
      tenantId: meshes.tenantId,
      write: options.write && write,
      person,
      storage: meshes.traits.system,
      durability: meshes.traits.durability,
      now: new Date().toISOString(),
    };
  },
};
