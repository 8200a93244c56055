import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import { ContextMesh, type MeshOptions, TenantRegistry, type Untyped } from "@syntha/core";
import type { FullStorage, Storage } from "@syntha/core/storage";
import { type ManualClock, manualClock } from "@syntha/core/testing";
import type { StorageContract, StorageFixture } from "../contract.ts";

/** What a case may leave out by, when the fixture does not offer it. */
interface Skippable {
  skip(note?: string): never;
}

/** Nothing happens in the background. */
export const MANUAL_MAINTENANCE = { sweepEvery: false, compactEvery: false } as const;

type Options = Omit<MeshOptions<Untyped>, "storage" | "schema">;

/** Registers the cases of one rule, over a storage that they share: each works in tenants of its own. */
export function rule(
  contract: StorageContract,
  title: string,
  cases: (world: World) => void,
): void {
  // oxlint-disable-next-line vitest/valid-title -- each rule gives its own
  describe(title, () => {
    const world = new World(contract);
    beforeAll(() => world.open());
    afterAll(() => world.close());
    cases(world);
  });
}

/** One storage, its clock, and what was made over it. */
export class World {
  readonly clock: ManualClock = manualClock();
  readonly #contract: StorageContract;
  readonly #meshes = new Set<ContextMesh>();
  #fixture: StorageFixture | undefined;
  #storage: FullStorage | undefined;
  /** Keeps the storage open between cases: it would close with its last mesh. */
  #keeper: ContextMesh | undefined;
  #tenantCount = 0;

  constructor(contract: StorageContract) {
    this.#contract = contract;
  }

  /** Cases of a capability that the storage does not support do not run. */
  get storage(): FullStorage {
    if (this.#storage === undefined) throw new Error("The storage is not open yet.");
    return this.#storage;
  }

  async open(): Promise<void> {
    this.#fixture = await this.#contract.create({ clock: this.clock });
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

  /** A mesh, of a new tenant unless told otherwise, that is closed when the case ends. It sweeps and compacts only when told to. */
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

  registry(): TenantRegistry {
    const registry: TenantRegistry = new TenantRegistry({
      storage: this.storage,
      ...MANUAL_MAINTENANCE,
    });
    onTestFinished(() => registry.close());
    return registry;
  }

  /** The storage, and another handle on the same data where the fixture has one, open until the case ends. */
  async handles(): Promise<readonly FullStorage[]> {
    const other = await this.#openSecond();
    return other === undefined ? [this.storage] : [this.storage, other];
  }

  /** Another handle on the same data, open until the case ends. */
  async secondHandle(context: Skippable): Promise<FullStorage> {
    return (await this.#openSecond()) ?? context.skip("this storage has no second handle");
  }

  async #openSecond(): Promise<FullStorage | undefined> {
    const storage = await this.#fixture?.second?.();
    if (storage === undefined) return undefined;
    const keeper = new ContextMesh({ storage, tenantId: "keeper", ...MANUAL_MAINTENANCE });
    await keeper.stats();
    onTestFinished(() => keeper.close());
    return storage as FullStorage;
  }

  /** Closes everything over the storage, and opens its data anew. */
  async reopen(context: Skippable): Promise<void> {
    if (this.#fixture?.reopen === undefined)
      context.skip("nothing of this storage outlives its object");
    await this.#closeMeshes();
    await this.#use(await this.#fixture.reopen());
  }

  /** A storage of its own, empty and not open, for cases that close or look over all tenants. */
  async separateStorage(): Promise<FullStorage> {
    const fixture = await this.#contract.create({ clock: this.clock });
    onTestFinished(async () => {
      await fixture.storage.close();
      await fixture.cleanup();
    });
    return fixture.storage as FullStorage;
  }

  async #use(storage: Storage): Promise<void> {
    this.#storage = storage as FullStorage;
    this.#keeper = new ContextMesh({ storage, tenantId: "keeper", ...MANUAL_MAINTENANCE });
    await this.#keeper.stats();
  }

  async #closeMeshes(): Promise<void> {
    await Promise.all([...this.#meshes].map((mesh) => mesh.close()));
    this.#meshes.clear();
    await this.#keeper?.close();
  }
}
