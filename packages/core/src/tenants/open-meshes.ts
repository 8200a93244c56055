import { sessionOf, type ContextMesh } from "../mesh/context-mesh.ts";
import { PeriodicTask } from "../concurrency/periodic-task.ts";
import type { MeshSchema } from "../schema/mesh-schema.ts";

interface Place<S extends MeshSchema> {
  readonly mesh: WeakRef<ContextMesh<S>>;
  usedAt: number;
}

/**
 * A registry's meshes. Those in use are kept; one that rests holds nothing open and is kept by its holders alone: their
 * next call, or the next who asks for it, brings it back.
 */
export class OpenMeshes<S extends MeshSchema> {
  /** Those that are open, the longest unused one first, but for busy ones. */
  readonly #open = new Map<string, ContextMesh<S>>();
  /** All that somebody may still hold. */
  readonly #known = new Map<string, Place<S>>();
  readonly #gone = new FinalizationRegistry<string>((tenantId) => {
    if (this.#known.get(tenantId)?.mesh.deref() === undefined) this.#known.delete(tenantId);
  });
  readonly #idleMs: number | undefined;
  readonly #most: number;
  readonly #look: PeriodicTask | undefined;
  #isLooking = false;
  readonly #hold: () => Promise<void>;
  #isHeld = false;

  /**
   * @param idleMs Undefined: none rests for being idle alone.
   * @param hold Keeps the storage open: it would close with the last mesh that rests.
   */
  constructor(idleMs: number | undefined, most: number, hold: () => Promise<void>) {
    this.#hold = hold;
    this.#idleMs = idleMs;
    this.#most = most;
    if (idleMs !== undefined)
      this.#look = new PeriodicTask(Math.max(1, Math.ceil(idleMs / 4)), () => this.#restIdle());
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Not one that its holder has closed. */
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
    this.#gone.register(mesh, tenantId);
    sessionOf(mesh).storage.onUse = () => this.#use(tenantId, mesh);
    this.#use(tenantId, mesh);
  }

  /** Closes one, whoever holds it. */
  async close(tenantId: string): Promise<void> {
    const mesh = this.#find(tenantId);
    this.#forget(tenantId, mesh);
    await mesh?.close();
  }

  async closeAll(): Promise<void> {
    this.#look?.stop();
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
    const place = this.#known.get(tenantId) as Place<S>;
    place.usedAt = performance.now();
    const isNew = !this.#open.delete(tenantId);
    this.#open.set(tenantId, mesh);
    if (!isNew) {
      if (this.#isHeld && this.#open.size > this.#most) this.#restOne();
      return;
    }
    if (!this.#isLooking) this.#look?.start();
    this.#isLooking = true;
    if (this.#open.size > this.#most) this.#makeRoom(tenantId);
  }

  async #whenHeld(rest: () => void): Promise<void> {
    if (!this.#isHeld) await this.#hold();
    this.#isHeld = true;
    rest();
  }

  /** Lets the longest unused ones rest, as far as nothing is under way in them. */
  #makeRoom(but: string): void {
    // A storage that can't be opened has nothing to let go of.
    if (!this.#isHeld) return void this.#whenHeld(() => this.#makeRoom(but)).catch(() => undefined);
    for (const [tenantId, mesh] of this.#open) {
      if (this.#open.size <= this.#most) return;
      if (tenantId !== but) this.#rest(tenantId, mesh);
    }
  }

  /** Those that were too many, as all were busy at once, rest one by one; one that is still busy is asked last again. */
  #restOne(): void {
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    const [tenantId, mesh] = oldest;
    this.#rest(tenantId, mesh);
    if (this.#open.delete(tenantId)) this.#open.set(tenantId, mesh);
  }

  async #restIdle(): Promise<void> {
    await this.#whenHeld(() => this.#restUnused());
  }

  #restUnused(): void {
    const before = performance.now() - (this.#idleMs as number);
    for (const [tenantId, mesh] of this.#open) {
      if ((this.#known.get(tenantId) as Place<S>).usedAt > before) continue;
      this.#rest(tenantId, mesh);
    }
    if (this.#open.size > 0) return;
    this.#look?.stop();
    this.#isLooking = false;
  }

  #rest(tenantId: string, mesh: ContextMesh<S>): void {
    const session = sessionOf(mesh);
    if (session.isBusy) return;
    this.#open.delete(tenantId);
    // A storage that can't be closed tells whoever uses it next.
    session.suspend().catch(() => undefined);
  }
}
