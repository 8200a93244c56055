import type { ToolName } from "@syntha/tools";

/** A call of a model that does not match the schema. */
export interface ImpreciseCall {
  readonly tool: ToolName;
  /** An object or text, or a function of the token of the caller's task. */
  readonly args: unknown;
  /** The intended arguments of an unambiguous call: it gets the answer to these. */
  readonly means?: object | ((token: string) => object);
  /** Arguments that the answer reports as ignored. */
  readonly ignored?: readonly string[];
  /** The answer to an ambiguous or forbidden call, which names the mistake. */
  readonly refused?: { readonly code?: string; readonly hint: string };
}

export const read = (
  tool: ToolName,
  args: ImpreciseCall["args"],
  means: ImpreciseCall["means"],
  ignored: readonly string[] = [],
): ImpreciseCall => ({ tool, args, means: means ?? {}, ignored });

export const refused = (
  tool: ToolName,
  args: ImpreciseCall["args"],
  hint: string,
  code = "INVALID_ARGUMENTS",
): ImpreciseCall => ({ tool, args, refused: { code, hint } });
