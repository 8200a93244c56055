import { type Comparison, measure, type Result } from "./measure.ts";

/** A comparison, and the ratio that it should have. */
export interface Figure extends Comparison {
  /** A short name of the other side. */
  readonly baseline: string;
  /** What both sides count. Default: microseconds. */
  readonly unit?: string;
  /** The largest ratio that reaches the goal. Default: there is no goal. */
  readonly within?: number;
  /** The smallest speedup that reaches the goal. */
  readonly faster?: number;
  /** The longest time beyond the baseline's that reaches the goal, in microseconds. */
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
