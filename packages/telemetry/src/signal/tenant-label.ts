import { createHash } from "node:crypto";
import type { TenantLabels } from "../options.ts";

/** Labels that are kept; a program that meets more tenants makes some of them anew. */
const MOST_KEPT = 10_000;

/**
 * Tells tenants apart without their ids. A hash keeps an id out of sight, not secret: whoever guesses an id can hash it
 * too, and thereby finds the traces of a tenant that complains.
 */
export class TenantLabel {
  readonly #make: ((tenantId: string) => string) | undefined;
  readonly #known = new Map<string, string>();

  constructor(labels: TenantLabels) {
    if (typeof labels === "function") this.#make = labels;
    else if (labels === "hash") this.#make = hash;
    else if (labels === "plain") this.#make = (tenantId) => tenantId;
  }

  of(tenantId: string): string | undefined {
    if (this.#make === undefined) return undefined;
    const known = this.#known.get(tenantId);
    if (known !== undefined) return known;
    const label = this.#make(tenantId);
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(tenantId, label);
    return label;
  }
}

function hash(tenantId: string): string {
  return createHash("sha256").update(tenantId).digest("hex").slice(0, 16);
}
