import type { ContextMesh, PastMesh } from "@syntha/core";
import type { Moment } from "./moment.ts";

/** Earlier moments that are kept: each is a copy of the mesh in memory. */
const MAX_KEPT = 4;
/** Items of all that are kept, apart from the last one. */
const MAX_ITEMS = 200_000;

/** Meshes at earlier positions: the last ones that were looked at are kept, for all views of a page show the same one. */
export class Moments {
  /** The least recently used first. */
  #kept: KeptMoment[] = [];
  #opening: Promise<unknown> = Promise.resolve();

  /**
   * Reads a mesh as it was at a position.
   * @param position Undefined for now.
   * @throws CURSOR_COMPACTED for a position that the log no longer holds; INVALID_CURSOR for one after its end
   */
  async read<T>(
    mesh: ContextMesh,
    position: number | undefined,
    read: (moment: Moment) => Promise<T>,
  ): Promise<T> {
    if (position === undefined) return read(mesh);
    const moment = this.#keep(mesh, position);
    moment.uses++;
    try {
      return await read(await moment.past);
    } finally {
      moment.uses--;
      moment.closeIfLeft();
    }
  }

  close(): void {
    for (const moment of this.#kept) this.#leave(moment);
  }

  #keep(mesh: ContextMesh, position: number): KeptMoment {
    const known = this.#kept.find((each) => each.mesh === mesh && each.position === position);
    const moment = known ?? new KeptMoment(mesh, position, this.#open(mesh, position));
    this.#kept = [...this.#kept.filter((each) => each !== moment), moment];
    if (known !== undefined) return moment;
    if (this.#kept.length > MAX_KEPT) this.#leave(this.#kept[0] as KeptMoment);
    void this.#weigh(moment);
    return moment;
  }

  /** Leaves the oldest moments if all together are too large. */
  async #weigh(moment: KeptMoment): Promise<void> {
    try {
      moment.items = (await (await moment.past).stats()).items;
    } catch {
      return this.#leave(moment);
    }
    let total = 0;
    for (const each of this.#kept.toReversed()) {
      total += each.items;
      if (total > MAX_ITEMS && each !== this.#kept.at(-1)) this.#leave(each);
    }
  }

  /** One after the other: each reads the whole mesh. */
  #open(mesh: ContextMesh, position: number): Promise<PastMesh> {
    const opened = this.#opening.then(() => mesh.at(position));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  #leave(moment: KeptMoment): void {
    this.#kept = this.#kept.filter((each) => each !== moment);
    moment.isLeft = true;
    moment.closeIfLeft();
  }
}

class KeptMoment {
  readonly mesh: ContextMesh;
  readonly position: number;
  readonly past: Promise<PastMesh>;
  /** Reads in progress. */
  uses = 0;
  /** Zero until it is open. */
  items = 0;
  isLeft = false;

  constructor(mesh: ContextMesh, position: number, past: Promise<PastMesh>) {
    this.mesh = mesh;
    this.position = position;
    this.past = past;
  }

  closeIfLeft(): void {
    if (!this.isLeft || this.uses > 0) return;
    // One that could not be opened need not be closed.
    void this.past.then(
      (mesh) => mesh.close(),
      () => undefined,
    );
  }
}
