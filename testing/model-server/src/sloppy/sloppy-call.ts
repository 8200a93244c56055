import type { ToolName } from "@syntha/tools";

/** A call that is not what the schema asks for, as models make them. */
export interface SloppyCall {
  readonly tool: ToolName;
  /** An object, or text; made from the token of the task that the caller holds where it needs one. */
  readonly args: unknown;
  /** The right arguments, where the call can mean one thing only: it is answered as that. */
  readonly means?: object | ((token: string) => object);
  /** Arguments that the answer reports as ignored. */
  readonly ignored?: readonly string[];
  /** Where the call can mean several things, or nothing that is allowed: the answer, which names this call's mistake. */
  readonly refused?: { readonly code?: string; readonly hint: string };
}

export const read = (
  tool: ToolName,
  args: SloppyCall["args"],
  means: SloppyCall["means"],
  ignored: readonly string[] = [],
): SloppyCall => ({ tool, args, means: means ?? {}, ignored });

export const refused = (
  tool: ToolName,
  args: SloppyCall["args"],
  hint: string,
  code = "INVALID_ARGUMENTS",
): SloppyCall => ({ tool, args, refused: { code, hint } });
