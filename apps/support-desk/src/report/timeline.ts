import type { DeskProgress } from "../desk/desk.ts";

export type TimelinePoint = Omit<DeskProgress, "total"> & { ms: number };

const MOST_POINTS = 200;

/** What was taken in, triaged and answered over time, in few points for a run of any length. */
export class Timeline {
  readonly #started = performance.now();
  #points: TimelinePoint[] = [{ ms: 0, taken: 0, triaged: 0, answered: 0, specialists: 0 }];
  #last: TimelinePoint | undefined;
  #gapMs = 0;

  add({ taken, triaged, answered, specialists }: DeskProgress): void {
    const point = { ms: performance.now() - this.#started, taken, triaged, answered, specialists };
    this.#last = point;
    if (point.ms - (this.#points.at(-1)?.ms ?? -Infinity) < this.#gapMs) return;
    this.#points.push(point);
    if (this.#points.length < MOST_POINTS) return;
    this.#points = this.#points.filter((_, i) => i % 2 === 0);
    this.#gapMs = (2 * point.ms) / MOST_POINTS;
  }

  points(): TimelinePoint[] {
    return [...new Set([...this.#points, ...(this.#last === undefined ? [] : [this.#last])])];
  }
}
