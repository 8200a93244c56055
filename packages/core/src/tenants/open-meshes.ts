import { PeriodicTask } from "../concurrency/periodic-task.ts";
import { type ContextMesh, sessionOf } from "../mesh/context-mesh.ts";
import type { MeshSchema } from "../schema/mesh-schema.ts";

/** How often room is made where too many meshes are open, in milliseconds. */
const ROOM_CHECK_MS = 1_000;

interface Entry<S extends MeshSchema> {
  readonly mesh: WeakRef<ContextMesh<S>>;
  usedAt: number;
}

/**
 * A registry's meshes. It holds those that are open; a suspended one releases its storage, and only the program's own
 * references keep it: its next call, or the next request for it, opens it again.
 */
export class OpenMeshes<S extends MeshSchema> {
  /** The least recently used first; busy ones may be further back. */
  readonly #open = new Map<string, ContextMesh<S>>();
  /** All meshes that the program may still reference. */
  readonly #known = new Map<string, Entry<S>>();
  readonly #collected = new FinalizationRegistry<string>((tenantId) => {
    if (this.#known.get(tenantId)?.mesh.deref() === undefined) this.#known.delete(tenantId);
  });
  readonly #idleMs: number | undefined;
  readonly #maxOpen: number;
  readonly #check: PeriodicTask | undefined;
  /** Runs while more are open than should be, since all were busy. */
  readonly #roomCheck = new PeriodicTask(ROOM_CHECK_MS, async () => this.#makeRoom());
  #isChecking = false;
  #isCheckingRoom = false;
  readonly #holdStorage: () => Promise<void>;
  #isStorageHeld = false;

  /**
   * @param idleMs Undefined: idle meshes stay open.
   * @param holdStorage Keeps the storage open: it would close with the last mesh that is suspended.
   */
  constructor(idleMs: number | undefined, maxOpen: number, holdStorage: () => Promise<void>) {
    this.#holdStorage = holdStorage;
    this.#idleMs = idleMs;
    this.#maxOpen = maxOpen;
    if (idleMs !== undefined)
      this.#check = new PeriodicTask(Math.max(1, Math.ceil(idleMs / 4)), () => this.#suspendIdle());
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Undefined for a mesh that the program has closed. */
  get(tenantId: string): ContextMesh<S> | undefined {
    const mesh = this.#find(tenantId);
    if (mesh === undefined) return undefined;
    if (sessionOf(mesh).storage.isClosing) {
      this.#forget(tenantId, mesh);
      return undefined;
    }
    this.#use(tenantId, mesh);
    return mesh;
  }

  add(tenantId: string, mesh: ContextMesh<S>): void {
    this.#known.set(tenantId, { mesh: new WeakRef(mesh), usedAt: 0 });
    this.#collected.register(mesh, tenantId);
    sessionOf(mesh).storage.onUse = () => this.#use(tenantId, mesh);
    this.#use(tenantId, mesh);
  }

  async close(tenantId: string): Promise<void> {
    const mesh = this.#find(tenantId);
    this.#forget(tenantId, mesh);
    await mesh?.close();
  }

  async closeAll(): Promise<void> {
    this.#check?.stop();
    this.#roomCheck.stop();
    await Promise.all([...this.#known.keys()].map((tenantId) => this.close(tenantId)));
  }

  #find(tenantId: string): ContextMesh<S> | undefined {
    return this.#open.get(tenantId) ?? this.#known.get(tenantId)?.mesh.deref();
  }

  #forget(tenantId: string, mesh: ContextMesh<S> | undefined): void {
    this.#open.delete(tenantId);
    this.#known.delete(tenantId);
    if (mesh !== undefined) sessionOf(mesh).storage.onUse = undefined;
  }

  #use(tenantId: string, mesh: ContextMesh<S>): void {
    const entry = this.#known.get(tenantId) as Entry<S>;
    entry.usedAt = performance.now();
    const isNew = !this.#open.delete(tenantId);
    this.#open.set(tenantId, mesh);
    if (!isNew) {
      if (this.#isStorageHeld && this.#open.size > this.#maxOpen) this.#suspendOldest();
      return;
    }
    if (!this.#isChecking) this.#check?.start();
    this.#isChecking = true;
    if (this.#open.size > this.#maxOpen) this.#makeRoom(tenantId);
  }

  async #whenStorageHeld(suspend: () => void): Promise<void> {
    if (!this.#isStorageHeld) await this.#holdStorage();
    this.#isStorageHeld = true;
    suspend();
  }

  /** Suspends the least recently used meshes that are not busy. Where too many are, it tries again later. */
  #makeRoom(except?: string): void {
    // If the storage can't be opened, there is nothing to release.
    if (!this.#isStorageHeld)
      return void this.#whenStorageHeld(() => this.#makeRoom(except)).catch(() => undefined);
    for (const [tenantId, mesh] of this.#open) {
      if (this.#open.size <= this.#maxOpen) break;
      if (tenantId !== except) this.#suspend(tenantId, mesh);
    }
    const isTooMany = this.#open.size > this.#maxOpen;
    if (isTooMany !== this.#isCheckingRoom) this.#roomCheck[isTooMany ? "start" : "stop"]();
    this.#isCheckingRoom = isTooMany;
  }

  /** Reduces, one by one, the meshes that were too many because all were busy; one that still is moves to the end. */
  #suspendOldest(): void {
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    const [tenantId, mesh] = oldest;
    this.#suspend(tenantId, mesh);
    if (this.#open.delete(tenantId)) this.#open.set(tenantId, mesh);
  }

  async #suspendIdle(): Promise<void> {
    await this.#whenStorageHeld(() => {
      const before = performance.now() - (this.#idleMs as number);
      for (const [tenantId, mesh] of this.#open) {
        if ((this.#known.get(tenantId) as Entry<S>).usedAt <= before) this.#suspend(tenantId, mesh);
      }
      if (this.#open.size > 0) return;
      this.#check?.stop();
      this.#isChecking = false;
    });
  }

  #suspend(tenantId: string, mesh: ContextMesh<S>): void {
    const session = sessionOf(mesh);
    if (session.isBusy) return;
    this.#open.delete(tenantId);
    // If the storage can't be closed, the next use reports it.
    session.suspend().catch(() => undefined);
  }
}
