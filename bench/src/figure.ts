import { type Comparison, measure, type Result } from "./measure.ts";

/** A comparison with its promised ratio. */
export interface Figure extends Comparison {
  /** A short name of the other side. */
  readonly baseline: string;
  /** What both sides count. Default: microseconds. */
  readonly unit?: string;
  /** The maximum ratio that is promised, if any. */
  readonly within?: number;
  /** The minimum speedup that is promised. */
  readonly faster?: number;
  /** The maximum time beyond the baseline's that is promised, in microseconds. */
  readonly over?: number;
}

/** A part of the report, with setup and cleanup around its figures. */
export interface Chapter {
  readonly title: string;
  figures(): AsyncGenerator<Figure>;
}

export interface Line extends Result {
  readonly figure: Figure;
  readonly holds: boolean | undefined;
}

export async function draw(figure: Figure): Promise<Line> {
  const result = await measure(figure);
  const { within, faster, over } = figure;
  let holds: boolean | undefined;
  if (within !== undefined) holds = result.ratio <= within;
  if (faster !== undefined) holds = 1 / result.ratio >= faster;
  if (over !== undefined) holds = result.ours - result.against <= over;
  return { ...result, figure, holds };
}
