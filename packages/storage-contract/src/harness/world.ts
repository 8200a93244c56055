import { onTestFinished } from "vitest";
import {
  type AgentContext,
  ContextMesh,
  type MeshOptions,
  TenantRegistry,
  type Untyped,
} from "@syntha/core";
import type { FullStorage, Storage } from "@syntha/core/storage";
import { type ManualClock, manualClock } from "@syntha/core/testing";
import type { StorageContract, StorageFixture } from "../contract.ts";

/** Skips a case that the fixture can't run. */
type Skip = (note?: string) => never;

/** Nothing happens in the background. */
export const MANUAL_MAINTENANCE = { sweepEvery: false, compactEvery: false } as const;

type Options = Omit<MeshOptions<Untyped>, "storage" | "schema">;

/** A mesh, its tenant, and the agents that most cases use. */
export interface Team {
  readonly mesh: ContextMesh;
  readonly tenantId: string;
  readonly system: ContextMesh["system"];
  readonly ann: AgentContext;
  readonly bea: AgentContext;
  readonly cid: AgentContext;
  readonly dov: AgentContext;
  readonly bot: AgentContext;
  readonly worker: AgentContext;
}

/** One storage, its clock, and the meshes over it. */
export class World {
  readonly clock: ManualClock = manualClock();
  readonly contract: StorageContract;
  readonly #meshes = new Set<ContextMesh>();
  #fixture: StorageFixture | undefined;
  #storage: FullStorage | undefined;
  /** Keep handles open between cases: a handle closes with its last mesh. */
  readonly #keepers: ContextMesh[] = [];
  #second: Promise<FullStorage | undefined> | undefined;
  #tenantCount = 0;

  constructor(contract: StorageContract) {
    this.contract = contract;
  }

  /** Cases of a capability that the storage lacks are skipped. */
  get storage(): FullStorage {
    if (this.#storage === undefined) throw new Error("The storage is not open yet.");
    return this.#storage;
  }

  async open(): Promise<void> {
    this.#fixture = await this.contract.create({ clock: this.clock });
    await this.#use(this.#fixture.storage);
  }

  async close(): Promise<void> {
    await this.#closeMeshes();
    await this.#fixture?.cleanup();
  }

  /** A tenant id that no other case uses. */
  newTenantId(): string {
    return `tenant-${++this.#tenantCount}`;
  }

  /** A mesh that is closed when the case ends; of a new tenant by default. */
  mesh(options: Options = {}, storage: Storage = this.storage): ContextMesh {
    const tenantId = options.tenantId ?? this.newTenantId();
    const mesh: ContextMesh = new ContextMesh({
      ...MANUAL_MAINTENANCE,
      ...options,
      tenantId,
      storage,
    });
    this.#meshes.add(mesh);
    onTestFinished(async () => {
      this.#meshes.delete(mesh);
      await mesh.close();
    });
    return mesh;
  }

  /** The same, with its agents. */
  team(options: Options = {}, storage: Storage = this.storage): Team {
    const mesh = this.mesh(options, storage);
    return {
      mesh,
      tenantId: mesh.tenantId,
      system: mesh.system,
      ann: mesh.agent("Ann"),
      bea: mesh.agent("Bea"),
      cid: mesh.agent("Cid"),
      dov: mesh.agent("Dov"),
      bot: mesh.agent("Bot"),
      worker: mesh.agent("Worker"),
    };
  }

  registry(): TenantRegistry {
    const registry: TenantRegistry = new TenantRegistry({
      storage: this.storage,
      ...MANUAL_MAINTENANCE,
    });
    onTestFinished(() => registry.close());
    return registry;
  }

  /** The storage and, where the fixture has one, a second handle on the same data. */
  async handles(): Promise<readonly FullStorage[]> {
    const second = await this.#openSecond();
    return second === undefined ? [this.storage] : [this.storage, second];
  }

  /** A mesh of one new tenant over each handle, `times` times. */
  async meshes(
    options: Options = {},
    times = 1,
  ): Promise<readonly [ContextMesh, ...ContextMesh[]]> {
    const handles = await this.handles();
    const tenantId = this.newTenantId();
    const all = Array.from({ length: times }, () => handles).flat();
    const [first, ...others] = all.map((storage) => this.mesh({ ...options, tenantId }, storage));
    return [first as ContextMesh, ...others];
  }

  /** A second handle on the same data, for cases that don't close it. */
  async secondHandle(skip: Skip): Promise<FullStorage> {
    return (await this.#openSecond()) ?? skip("this storage has no second handle");
  }

  /** One more handle on the same data, open until the case ends. */
  async newHandle(): Promise<FullStorage | undefined> {
    const handle = await this.#openHandle();
    if (handle !== undefined) onTestFinished(() => handle.keeper.close());
    return handle?.storage;
  }

  /** Opens it at its first use: most cases need none. */
  #openSecond(): Promise<FullStorage | undefined> {
    const open = async (): Promise<FullStorage | undefined> => {
      const handle = await this.#openHandle();
      if (handle !== undefined) this.#keepers.push(handle.keeper);
      return handle?.storage;
    };
    return (this.#second ??= open().catch((error: unknown) => {
      // The next case tries again.
      this.#second = undefined;
      throw error;
    }));
  }

  async #openHandle(): Promise<{ storage: FullStorage; keeper: ContextMesh } | undefined> {
    const storage = await this.#fixture?.second?.();
    if (storage === undefined) return undefined;
    return { storage: storage as FullStorage, keeper: await keepOpen(storage) };
  }

  /** Closes everything over the storage, and opens its data again. */
  async reopen(skip: Skip): Promise<void> {
    if (this.#fixture?.reopen === undefined)
      skip("the data of this storage does not outlive its object");
    await this.#closeMeshes();
    await this.#use(await this.#fixture.reopen());
  }

  /** Another storage, empty and not open, for cases that close it or read all its tenants. */
  async separateStorage(): Promise<FullStorage> {
    const fixture = await this.contract.create({ clock: this.clock });
    onTestFinished(async () => {
      await fixture.storage.close();
      await fixture.cleanup();
    });
    return fixture.storage as FullStorage;
  }

  async #use(storage: Storage): Promise<void> {
    this.#storage = storage as FullStorage;
    this.#keepers.push(await keepOpen(storage));
  }

  async #closeMeshes(): Promise<void> {
    await this.#second?.catch(() => undefined);
    this.#second = undefined;
    const keepers = this.#keepers.splice(0);
    await Promise.all([...this.#meshes, ...keepers].map((mesh) => mesh.close()));
    this.#meshes.clear();
  }
}

/** A mesh that keeps its storage open. */
async function keepOpen(storage: Storage): Promise<ContextMesh> {
  const keeper = new ContextMesh({ storage, tenantId: "keeper", ...MANUAL_MAINTENANCE });
  await keeper.stats();
  return keeper;
}
