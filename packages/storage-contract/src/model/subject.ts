import { type AgentContext, ContextMesh, copyTenant, type Storage } from "@syntha/core";
import { type ManualClock, manualClock } from "@syntha/core/testing";
import { interceptMaintenance, MANUAL_MAINTENANCE } from "../harness/index.ts";
import type { FullStorage } from "@syntha/core/storage";
import type { StorageContract, StorageFixture } from "../contract.ts";
import { TENANTS } from "./plan.ts";
import type { Actor } from "./state.ts";

/** The storage under test, with one or two handles and a mesh of each tenant over each. */
export class Subject {
  readonly clock: ManualClock;
  readonly #contract: StorageContract;
  #fixture: StorageFixture;
  /** The target of a copy. */
  #next: StorageFixture | undefined;
  #storages: Storage[] = [];
  #meshes: ContextMesh[][] = [];

  private constructor(clock: ManualClock, contract: StorageContract, fixture: StorageFixture) {
    this.clock = clock;
    this.#contract = contract;
    this.#fixture = fixture;
  }

  static async open(contract: StorageContract): Promise<Subject> {
    const clock = manualClock();
    const subject = new Subject(clock, contract, await contract.create({ clock }));
    await subject.#use(subject.#fixture.storage);
    return subject;
  }

  mesh(tenant: number, handle: number): ContextMesh {
    const meshes = this.#meshes[tenant] as ContextMesh[];
    return meshes[handle % meshes.length] as ContextMesh;
  }

  agent(tenant: number, handle: number, who: Actor): AgentContext {
    const mesh = this.mesh(tenant, handle);
    return who === null ? mesh.system : mesh.agent(who);
  }

  storage(handle: number): FullStorage {
    return this.#storages[handle % this.#storages.length] as FullStorage;
  }

  /** Closes everything and opens the data again. Returns false if the data does not outlive its object. */
  async reopen(): Promise<boolean> {
    if (this.#fixture.reopen === undefined) return false;
    await this.#closeMeshes();
    await this.#use(await this.#fixture.reopen());
    return true;
  }

  /** Copies all tenants to a new storage; calls `meanwhile` before each page that it reads. */
  async copy(batch: number, meanwhile: (tenant: string) => Promise<void>): Promise<void> {
    this.#next = await this.#contract.create({ clock: this.clock });
    const from = interceptMaintenance(this.storage(0), async (task, run) => {
      if (task.type === "dump") await meanwhile(task.tenantId);
      return run();
    });
    for (const tenantId of TENANTS) {
      if ((await from.stats(tenantId)).head === 0) continue;
      await copyTenant({ from, to: this.#next.storage, tenantId, batch });
    }
  }

  /** Replaces the storage by the copy. */
  async switch(): Promise<void> {
    await this.#closeMeshes();
    await this.#fixture.cleanup();
    this.#fixture = this.#next as StorageFixture;
    this.#next = undefined;
    await this.#use(this.#fixture.storage);
  }

  async close(): Promise<void> {
    await this.#closeMeshes();
    await this.#fixture.cleanup();
    await this.#next?.storage.close();
    await this.#next?.cleanup();
  }

  async #use(storage: Storage): Promise<void> {
    this.#storages = [storage];
    await this.#open(storage);
    if (this.#fixture.second === undefined) return;
    const second = await this.#fixture.second();
    this.#storages.push(second);
    await this.#open(second);
  }

  async #open(storage: Storage): Promise<void> {
    for (const [i, tenantId] of TENANTS.entries()) {
      const mesh: ContextMesh = new ContextMesh({ storage, tenantId, ...MANUAL_MAINTENANCE });
      (this.#meshes[i] ??= []).push(mesh);
      await mesh.stats();
    }
  }

  async #closeMeshes(): Promise<void> {
    await Promise.all(this.#meshes.flat().map((mesh) => mesh.close()));
    this.#meshes = [];
  }
}
