import { MemoryStorage } from "../memory/memory-storage.ts";
import { attach, detach } from "../mesh/attachment.ts";
import { ContextMesh, type MeshStats } from "../mesh/context-mesh.ts";
import type { MeshOptions } from "../mesh/options.ts";
import { MAX_PAGE } from "../mesh/page.ts";
import { checkTenant } from "../mesh/session.ts";
import { SynthaError } from "../error/syntha-error.ts";
import type { MeshSchema, Untyped } from "../schema/mesh-schema.ts";
import type { Storage } from "../storage/storage.ts";

export type TenantRegistryOptions<S extends MeshSchema> = Omit<MeshOptions<S>, "tenantId">;

/** Many tenants' meshes over one storage, which it owns: each made once, when it is first asked for. */
export class TenantRegistry<const S extends MeshSchema = Untyped> implements AsyncDisposable {
  readonly #options: TenantRegistryOptions<S>;
  readonly #storage: Storage;
  readonly #meshes = new Map<string, ContextMesh<S>>();
  /** Tenants that nobody gets a mesh of until they are gone. */
  readonly #dropping = new Set<string>();
  #opened: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: TenantRegistryOptions<S> = {}) {
    this.#options = options;
    this.#storage = options.storage ?? new MemoryStorage();
  }

  /** The tenant's mesh, the same one until it is released. @throws INVALID_TENANT. */
  mesh(tenantId: string): ContextMesh<S> {
    this.#checkOpen();
    checkTenant(tenantId);
    const known = this.#meshes.get(tenantId);
    if (known !== undefined) return known;
    if (this.#dropping.has(tenantId)) {
      throw new SynthaError("UNAVAILABLE", `The tenant "${tenantId}" is being dropped.`, {
        hint: "Await drop() first; the tenant is then a new one.",
      });
    }
    const mesh = this.#make(tenantId);
    this.#meshes.set(tenantId, mesh);
    return mesh;
  }

  /** Numbers of one tenant, without keeping a mesh of it. */
  async stats(tenantId: string): Promise<MeshStats> {
    await this.#open();
    checkTenant(tenantId);
    const mesh = this.#make(tenantId);
    try {
      return await mesh.stats();
    } finally {
      await mesh.close();
    }
  }

  /** Closes the tenant's mesh; its data stays. */
  async release(tenantId: string): Promise<void> {
    checkTenant(tenantId);
    const mesh = this.#meshes.get(tenantId);
    this.#meshes.delete(tenantId);
    await mesh?.close();
  }

  /** Removes everything of a tenant; its cursors and tokens are refused from then on. False when there was nothing. */
  async drop(tenantId: string): Promise<boolean> {
    checkTenant(tenantId);
    this.#checkOpen();
    const closed = this.release(tenantId);
    this.#dropping.add(tenantId);
    try {
      await this.#open();
      await closed;
      const { existed } = await this.#storage.maintain({ type: "drop", tenant: tenantId });
      return existed;
    } finally {
      this.#dropping.delete(tenantId);
    }
  }

  /** Ids of all tenants that the storage holds, by code point. */
  async list(): Promise<readonly string[]> {
    await this.#open();
    const ids: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.#storage.maintain({ type: "tenants", after, limit: MAX_PAGE });
      ids.push(...page.tenants);
      if (page.next === null) return ids;
      after = page.next;
    }
  }

  /** Closes every mesh, then the storage. Any number of times. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#meshes.values()].map((mesh) => mesh.close()));
    this.#meshes.clear();
    const isOpen = await this.#opened?.then(
      () => true,
      () => false,
    );
    if (isOpen) await detach(this.#storage);
  }

  #make(tenantId: string): ContextMesh<S> {
    return new ContextMesh<S>({ ...this.#options, storage: this.#storage, tenantId });
  }

  #checkOpen(): void {
    if (this.#closed === undefined) return;
    throw new SynthaError("CLOSED", "This registry of tenants is closed.", {
      hint: "Create another TenantRegistry.",
    });
  }

  async #open(): Promise<void> {
    this.#checkOpen();
    this.#opened ??= attach(this.#storage).catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    await this.#opened;
  }
}
