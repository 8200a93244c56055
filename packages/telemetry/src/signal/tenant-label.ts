import { createHash } from "node:crypto";
import type { TenantLabels } from "../options.ts";

/** The size of the cache; it is cleared when it is full. */
const MAX_CACHED = 10_000;

/**
 * Labels tenants without their ids. A hash is a pseudonym, not a secret: anyone who knows or guesses an id can hash it, and so
 * find the traces of a tenant that reports a problem.
 */
export class TenantLabel {
  readonly #toLabel: ((tenantId: string) => string) | undefined;
  readonly #cache = new Map<string, string>();

  constructor(labels: TenantLabels) {
    if (typeof labels === "function") this.#toLabel = labels;
    else if (labels === "hash") this.#toLabel = hash;
    else if (labels === "plain") this.#toLabel = (tenantId) => tenantId;
  }

  of(tenantId: string): string | undefined {
    if (this.#toLabel === undefined) return undefined;
    const cached = this.#cache.get(tenantId);
    if (cached !== undefined) return cached;
    const label = checked(this.#toLabel(tenantId));
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    this.#cache.set(tenantId, label);
    return label;
  }
}

/** @throws TypeError for anything but a text, such as the promise of an asynchronous function */
function checked(label: unknown): string {
  if (typeof label === "string") return label;
  if (label instanceof Promise) label.catch(() => undefined);
  throw new TypeError("`tenants` must return a text, and not a promise of one.");
}

function hash(tenantId: string): string {
  return createHash("sha256").update(tenantId).digest("hex").slice(0, 16);
}
