import { SynthaError } from "@syntha/core";
import type { CallOrigin, ToolAnswer } from "../handler/call-types.ts";
import type { ToolCaller } from "../handler/tool-caller.ts";

export interface BeginCallOptions extends CallOrigin {
  /** Prevents a call that has not started; a call that has started is finished. */
  readonly signal?: AbortSignal | null | undefined;
}

/** Calls a tool of the mesh, or answers ABORTED if the signal is aborted already. */
export function beginCall(
  handler: ToolCaller,
  name: string,
  args: unknown,
  { id, signal }: BeginCallOptions,
): Promise<ToolAnswer> {
  if (!signal?.aborted) return handler.handleToolCall(name, args, { id });
  const error = new SynthaError("ABORTED", "The call was aborted before it began.");
  return Promise.resolve(handler.toFailure(name, error));
}
