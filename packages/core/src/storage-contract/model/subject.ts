import type { AgentContext } from "../../mesh/agent-context.ts";
import { ContextMesh } from "../../mesh/context-mesh.ts";
import type { Storage } from "../../storage/storage.ts";
import { type ManualClock, manualClock } from "../../testing/manual-clock.ts";
import type { StorageContract, StorageFixture } from "../fixture.ts";
import { TENANTS } from "./plan.ts";
import type { Who } from "./state.ts";

/** What is tested: one storage under one or two handles, with a mesh of each tenant over each. */
export class Subject {
  readonly clock: ManualClock;
  readonly #fixture: StorageFixture;
  #storages: Storage[] = [];
  #meshes: ContextMesh[][] = [];

  private constructor(clock: ManualClock, fixture: StorageFixture) {
    this.clock = clock;
    this.#fixture = fixture;
  }

  static async open(contract: StorageContract): Promise<Subject> {
    const clock = manualClock();
    const subject = new Subject(clock, await contract.create({ clock }));
    await subject.#use(subject.#fixture.storage);
    return subject;
  }

  mesh(tenant: number, handle: number): ContextMesh {
    const meshes = this.#meshes[tenant] as ContextMesh[];
    return meshes[handle % meshes.length] as ContextMesh;
  }

  agent(tenant: number, handle: number, who: Who): AgentContext {
    const mesh = this.mesh(tenant, handle);
    return who === null ? mesh.system : mesh.agent(who);
  }

  storage(handle: number): Storage {
    return this.#storages[handle % this.#storages.length] as Storage;
  }

  /** Closes everything and opens the data anew. False where nothing outlives the object. */
  async reopen(): Promise<boolean> {
    if (this.#fixture.reopen === undefined) return false;
    await this.#closeMeshes();
    await this.#use(await this.#fixture.reopen());
    return true;
  }

  async close(): Promise<void> {
    await this.#closeMeshes();
    await this.#fixture.cleanup();
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
      const mesh: ContextMesh = new ContextMesh({ storage, tenantId, sweepEvery: false });
      (this.#meshes[i] ??= []).push(mesh);
      await mesh.stats();
    }
  }

  async #closeMeshes(): Promise<void> {
    await Promise.all(this.#meshes.flat().map((mesh) => mesh.close()));
    this.#meshes = [];
  }
}
