import { MemoryStorage } from "../memory/memory-storage.ts";
import { acquireStorage, releaseStorage } from "../session/storage-references.ts";
import { ContextMesh } from "../mesh/context-mesh.ts";
import { type MeshStats, toStats } from "../mesh/mesh-stats.ts";
import { type EffectiveLimits, toEffectiveLimits, toMeshLimits } from "../session/mesh-limits.ts";
import { checkFunction } from "../options/check-kind.ts";
import { checkOptions, knownOptions, refuseOptions } from "../options/known-options.ts";
import type { Optional } from "../options/optional.ts";
import { MESH_OPTION_NAMES, type MeshLimits, type MeshOptions } from "../session/mesh-options.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { checkTenantId } from "../session/tenant-id.ts";
import { SynthaError } from "../error/syntha-error.ts";
import type { MeshSchema, Untyped } from "../schema/mesh-schema.ts";
import { checkStorage } from "../storage/check-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { type Duration, toMs } from "../time/duration.ts";
import { OpenMeshes } from "./open-meshes.ts";

/** The options that may differ between the tenants of a registry. */
export type TenantOptions = Omit<MeshOptions<MeshSchema>, "tenantId" | "storage" | "schema">;

export interface TenantRegistryOptions<S extends MeshSchema> extends Omit<
  MeshOptions<S>,
  "tenantId"
> {
  /**
   * Returns options that override those above for one tenant, limits figure by figure. Called when its mesh is made.
   * @default no overrides
   */
  optionsFor?: ((tenantId: string) => TenantOptions | undefined) | undefined;
  /**
   * A mesh that was not used for about this long is suspended: it releases the storage, and does no housekeeping, until its
   * next call. References to it stay valid. `false`: never.
   * @default "5m"
   */
  idleAfter?: Duration | false | undefined;
  /**
   * How many meshes may be open before the least recently used one is suspended. Meshes with a watch, a worker or a write in
   * progress stay open, so that there may be more.
   * @default no limit
   */
  maxOpen?: number | undefined;
}

const { tenantId: _, ...SHARED } = MESH_OPTION_NAMES;
const { storage: __, schema: ___, ...OWN } = SHARED;
const REGISTRY = knownOptions<TenantRegistryOptions<MeshSchema>>("new TenantRegistry", {
  ...SHARED,
  optionsFor: true,
  idleAfter: true,
  maxOpen: true,
});
const TENANT = knownOptions<TenantOptions>("a tenant", OWN);

/** The statistics of one tenant. */
export interface TenantStats extends MeshStats {
  readonly tenantId: string;
}

/** The statistics of all tenants, summed. */
export type TenantTotals = Pick<MeshStats, Summed> & { readonly tenants: number };

const SUMMED = ["items", "bytes", "expired", "topics", "agents", "events", "logEntries"] as const;
type Summed = (typeof SUMMED)[number];

/** The options that are given: undefined is treated like an option that is left out. */
function given<T extends object>(options: T | undefined): Partial<T> {
  const entries = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

/** Merges limits figure by figure, those of agents by name. */
function mergeLimits(shared: Limits = {}, own: Limits): Limits {
  const agents = Object.entries(given(own.agents)).map(([name, quota]) => {
    const sharedQuota = new Map(Object.entries(shared.agents ?? {})).get(name);
    return [name, { ...sharedQuota, ...given(quota) }];
  });
  return {
    ...shared,
    ...given(own),
    tenant: { ...shared.tenant, ...given(own.tenant) },
    agent: { ...shared.agent, ...given(own.agent) },
    agents: { ...shared.agents, ...Object.fromEntries(agents) },
  };
}

type Limits = Optional<MeshLimits>;

function noOptions(tenantId: string): SynthaError {
  return new SynthaError(
    "INVALID_ARGUMENTS",
    `\`optionsFor\` must return an object of options for "${tenantId}", or nothing.`,
    {
      hint: "Return the options themselves, not a promise: look them up before you call mesh().",
      details: { path: "optionsFor" },
    },
  );
}

/** Tenants whose statistics are read at the same time. */
const CONCURRENT_STATS = 16;

/**
 * The meshes of many tenants on one storage, which it opens and closes. A mesh is made when it is first requested.
 *
 * @example
 * ```ts
 * await using tenants = new TenantRegistry({ storage: new PostgresStorage({ connectionString }) });
 * await tenants.mesh(customerId).agent("Triage").push("note", "Hello", { global: true });
 * await tenants.drop(customerId);
 * ```
 */
export class TenantRegistry<const S extends MeshSchema = Untyped> implements AsyncDisposable {
  readonly #options: MeshOptions<S>;
  readonly #optionsFor: (tenantId: string) => TenantOptions | undefined;
  readonly #storage: Storage;
  readonly #meshes: OpenMeshes<S>;
  /** Tenants that are being dropped: their meshes can't be requested meanwhile. */
  readonly #dropping = new Map<string, Promise<boolean>>();
  #opened: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @throws INVALID_ARGUMENTS, MISCONFIGURED for options that can't be used. */
  constructor(options: TenantRegistryOptions<S> = {}) {
    checkOptions(options, REGISTRY);
    const { optionsFor = () => undefined, idleAfter = "5m", maxOpen, ...shared } = options;
    checkFunction("optionsFor", optionsFor);
    this.#options = shared;
    this.#optionsFor = optionsFor;
    const { storage = new MemoryStorage() } = options;
    checkStorage(storage);
    this.#storage = storage;
    if (maxOpen !== undefined && !(Number.isSafeInteger(maxOpen) && maxOpen >= 1)) {
      throw new SynthaError("INVALID_ARGUMENTS", "`maxOpen` must be a whole number from 1.", {
        hint: "Leave it out for no limit.",
        details: { path: "maxOpen" },
      });
    }
    const idleMs = idleAfter === false ? undefined : toMs("idleAfter", idleAfter);
    this.#meshes = new OpenMeshes(idleMs, maxOpen ?? Number.POSITIVE_INFINITY, () => this.#open());
  }

  /** How many meshes are open. */
  get open(): number {
    return this.#meshes.size;
  }

  /** Which database holds the meshes, and what an acknowledged write survives. Reads nothing. */
  get storageTraits(): Storage["traits"] {
    return this.#storage.traits;
  }

  /**
   * The tenant's mesh: the same object while it is in use or referenced, until {@link release}.
   * @throws INVALID_TENANT, UNAVAILABLE while it is dropped, CLOSED.
   */
  mesh(tenantId: string): ContextMesh<S> {
    if (arguments.length > 1) refuseOptions("mesh", arguments[1]);
    this.#checkOpen();
    checkTenantId(tenantId);
    const known = this.#meshes.get(tenantId);
    if (known !== undefined) return known;
    if (this.#dropping.has(tenantId)) {
      throw new SynthaError("UNAVAILABLE", `The tenant "${tenantId}" is being dropped.`, {
        hint: "Await drop() first; the tenant is then a new one.",
      });
    }
    const mesh = this.#make(tenantId);
    this.#meshes.add(tenantId, mesh);
    return mesh;
  }

  /**
   * The limits that the tenant's mesh enforces, or would: see {@link ContextMesh.limits}. Makes no mesh, and reads nothing
   * but `optionsFor`.
   * @throws INVALID_TENANT, INVALID_ARGUMENTS for options that can't be used
   */
  limits(tenantId: string): EffectiveLimits {
    refuseOptions("limits", arguments[1]);
    checkTenantId(tenantId);
    const { limits, quotas } = toMeshLimits(this.#optionsOf(tenantId).limits);
    return toEffectiveLimits(limits, quotas);
  }

  /** The statistics of one tenant. Makes no mesh. */
  async stats(tenantId: string): Promise<MeshStats> {
    refuseOptions("stats", arguments[1]);
    await this.#open();
    checkTenantId(tenantId);
    return toStats(await this.#storage.stats(tenantId));
  }

  /** The statistics of each tenant, by code point of their ids; each is one snapshot. */
  async *allStats(): AsyncGenerator<TenantStats, void> {
    refuseOptions("allStats", arguments[0]);
    for await (const page of this.#pages()) {
      for (let at = 0; at < page.length; at += CONCURRENT_STATS) {
        const ids = page.slice(at, at + CONCURRENT_STATS);
        yield* await Promise.all(
          ids.map(async (tenantId) => ({ tenantId, ...(await this.stats(tenantId)) })),
        );
      }
    }
  }

  /** The statistics of all tenants, summed. Reads those of each tenant. */
  async totals(): Promise<TenantTotals> {
    refuseOptions("totals", arguments[0]);
    const totals = { tenants: 0 } as Record<Summed | "tenants", number>;
    for (const figure of SUMMED) totals[figure] = 0;
    for await (const stats of this.allStats()) {
      totals.tenants++;
      for (const figure of SUMMED) totals[figure] += stats[figure];
    }
    return totals;
  }

  /** Closes the tenant's mesh, also for other references to it. Its data stays. */
  async release(tenantId: string): Promise<void> {
    refuseOptions("release", arguments[1]);
    checkTenantId(tenantId);
    await this.#meshes.close(tenantId);
  }

  /** Removes all data of a tenant; its cursors and tokens become invalid. Returns whether there was any. */
  async drop(tenantId: string): Promise<boolean> {
    refuseOptions("drop", arguments[1]);
    checkTenantId(tenantId);
    this.#checkOpen();
    // A second drop would run after the first, and remove what was written in between.
    let dropped = this.#dropping.get(tenantId);
    if (dropped === undefined) {
      dropped = this.#drop(tenantId).finally(() => this.#dropping.delete(tenantId));
      this.#dropping.set(tenantId, dropped);
    }
    return dropped;
  }

  /** Ids of all tenants in the storage, by code point. */
  async list(): Promise<readonly string[]> {
    refuseOptions("list", arguments[0]);
    const ids: string[] = [];
    for await (const page of this.#pages()) ids.push(...page);
    return ids;
  }

  /** Closes every mesh, then the storage. It may be called any number of times. */
  async close(): Promise<void> {
    refuseOptions("close", arguments[0]);
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#meshes.closeAll();
    const isOpen = await this.#opened?.then(
      () => true,
      () => false,
    );
    if (isOpen) await releaseStorage(this.#storage);
  }

  async *#pages(): AsyncGenerator<readonly string[], void> {
    for (let after: string | undefined; ;) {
      await this.#open();
      const page = await this.#storage.listTenants({ after, limit: MAX_PAGE });
      yield page.tenantIds;
      if (page.next === null) return;
      after = page.next;
    }
  }

  async #drop(tenantId: string): Promise<boolean> {
    await Promise.all([this.release(tenantId), this.#open()]);
    const { existed } = await this.#storage.dropTenant({ tenantId });
    return existed;
  }

  #make(tenantId: string): ContextMesh<S> {
    return new ContextMesh<S>({ ...this.#optionsOf(tenantId), storage: this.#storage, tenantId });
  }

  #optionsOf(tenantId: string): MeshOptions<S> {
    const returned: unknown = this.#optionsFor(tenantId) ?? {};
    if (typeof returned !== "object" || returned === null || "then" in returned)
      throw noOptions(tenantId);
    checkOptions(returned, TENANT, "optionsFor()");
    const { limits, ...own } = given(returned as TenantOptions);
    if (limits !== undefined) toMeshLimits(limits);
    const shared = this.#options;
    return {
      ...shared,
      ...own,
      ...(limits !== undefined && { limits: mergeLimits(shared.limits, limits) }),
    };
  }

  #checkOpen(): void {
    if (this.#closed === undefined) return;
    throw new SynthaError("CLOSED", "This tenant registry is closed.", {
      hint: "Create another TenantRegistry.",
    });
  }

  async #open(): Promise<void> {
    this.#checkOpen();
    this.#opened ??= acquireStorage(this.#storage).catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    await this.#opened;
  }
}
