import { type Comparison, measure, type Result } from "./measure.ts";

/** A comparison with what it promises. */
export interface Figure extends Comparison {
  /** What the other side is, in a few words. */
  readonly baseline: string;
  /** The ratio that we promise to stay within; absent where nothing is promised. */
  readonly within?: number;
  /** The factor by which we promise to be faster. */
  readonly faster?: number;
}

/** A part of the report, made ready and cleared away around its figures. */
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
  const { within, faster } = figure;
  let holds: boolean | undefined;
  if (within !== undefined) holds = result.ratio <= within;
  if (faster !== undefined) holds = 1 / result.ratio >= faster;
  return { ...result, figure, holds };
}
