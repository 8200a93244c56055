import { type ContextMesh, SynthaError, type TenantRegistry } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";
import type { StudioIdentity } from "../identity.ts";
import type { CheckedOptions } from "../options.ts";

/** The tenants whose existence was checked. */
const MAX_KNOWN = 10_000;

/** The meshes that requests may name. */
export class Meshes {
  readonly #mesh: ContextMesh | undefined;
  readonly tenants: TenantRegistry | undefined;
  readonly #known = new Set<string>();

  constructor(meshes: CheckedOptions["meshes"]) {
    this.#mesh = "mesh" in meshes ? meshes.mesh : undefined;
    this.tenants = "tenants" in meshes ? meshes.tenants : undefined;
  }

  /** The tenant of a single mesh. */
  get tenantId(): string | undefined {
    return this.#mesh?.tenantId;
  }

  get traits(): ContextMesh["storageTraits"] {
    return (this.tenants ?? (this.#mesh as ContextMesh)).storageTraits;
  }

  /** @throws NOT_FOUND for a tenant that does not exist, and for one that this person may not see */
  async of({ tenantIds }: StudioIdentity, tenantId: string | undefined): Promise<ContextMesh> {
    if (this.tenants === undefined) return this.#single(tenantIds, tenantId);
    if (tenantId === undefined || tenantId === "") {
      throw new SynthaError("INVALID_ARGUMENTS", "No tenant was named.", {
        hint: "Name one of `session.tenantIds` as `tenant`.",
        details: { path: "tenant" },
      });
    }
    if (tenantIds === undefined) await this.#checkExists(this.tenants, tenantId);
    else if (!tenantIds.includes(tenantId)) throw unknownTenant(tenantId);
    return this.tenants.mesh(tenantId);
  }

  /** The tenants that a person may see, by code point. */
  async list({ tenantIds }: StudioIdentity): Promise<readonly string[]> {
    if (this.tenants === undefined) return [];
    return tenantIds?.toSorted(compareCodePoints) ?? this.tenants.list();
  }

  #single(allowed: readonly string[] | undefined, tenantId: string | undefined): ContextMesh {
    const mesh = this.#mesh as ContextMesh;
    const isOther = tenantId !== undefined && tenantId !== mesh.tenantId;
    if (isOther || (allowed !== undefined && !allowed.includes(mesh.tenantId)))
      throw unknownTenant(tenantId ?? mesh.tenantId);
    return mesh;
  }

  /** A tenant exists from its first commit on. */
  async #checkExists(tenants: TenantRegistry, tenantId: string): Promise<void> {
    if (this.#known.has(tenantId)) return;
    const { revision } = await tenants.stats(tenantId);
    if (revision === 0) throw unknownTenant(tenantId);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(tenantId);
  }
}

function unknownTenant(tenantId: string): SynthaError {
  return new SynthaError("NOT_FOUND", `There is no tenant "${tenantId}" for you.`, {
    hint: "Choose one of `session.tenantIds`.",
  });
}
