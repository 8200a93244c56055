import type { ContextMesh } from "@syntha/core";
import { parseCursor } from "@syntha/core/storage";
import { type Head, KeptMoment } from "./kept-moment.ts";
import type { Moment } from "./moment.ts";

/** Earlier moments that are kept: each is a copy of the mesh in memory. */
const MAX_KEPT = 4;
/** Items of all that are kept, apart from the last one. */
const MAX_ITEMS = 200_000;

/** Meshes at earlier positions: the last ones that were looked at are kept, for all views of a page show the same one. */
export class Moments {
  /** The least recently used first. */
  #kept: readonly KeptMoment[] = [];
  /** Moments open one after the other: each reads the whole mesh. */
  #opening: Promise<unknown> = Promise.resolve();

  /**
   * Reads a mesh as it was at a position.
   * @param position Undefined for now.
   * @param signal Ends waiting for it.
   * @throws CURSOR_COMPACTED for a position that the log no longer holds; INVALID_CURSOR for one after its end
   */
  async read<T>(
    mesh: ContextMesh,
    position: number | undefined,
    signal: AbortSignal,
    read: (moment: Moment) => Promise<T>,
  ): Promise<T> {
    if (position === undefined) return read(mesh);
    return this.#keep(mesh, await headOf(mesh), position).read(signal, read);
  }

  close(): void {
    for (const moment of this.#kept) this.#leave(moment);
  }

  #keep(mesh: ContextMesh, head: Head, position: number): KeptMoment {
    const ofMesh = this.#kept.filter((each) => each.mesh === mesh);
    for (const each of ofMesh) if (!each.isValid(head)) this.#leave(each);
    const known = ofMesh.find(
      (each) => each.position === position && each.isValid(head) && !each.isAbandoned,
    );
    const moment = known ?? new KeptMoment(mesh, head, position, this.#opening);
    this.#kept = [...this.#kept.filter((each) => each !== moment), moment];
    if (known !== undefined) return moment;
    this.#opening = moment.past.catch(() => undefined);
    const [oldest] = this.#kept;
    if (oldest !== undefined && this.#kept.length > MAX_KEPT) this.#leave(oldest);
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

  #leave(moment: KeptMoment): void {
    this.#kept = this.#kept.filter((each) => each !== moment);
    moment.leave();
  }
}

async function headOf(mesh: ContextMesh): Promise<Head> {
  const { cursor, at } = await mesh.system.log({ last: 1, limit: 1, values: false });
  return { epoch: parseCursor(cursor).epoch, now: at.getTime() };
}
