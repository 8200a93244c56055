/**
 * Arguments of a call as the model wrote them. Where they were streamed and broke off, the SDK completes the text and
 * leaves out what it could not read, such as the condition of a write; the text itself it keeps beside the block.
 */
export function writtenInput(block: { readonly input: unknown }): unknown {
  const { __json_buf: text } = block as { readonly __json_buf?: unknown };
  return typeof text === "string" ? text : block.input;
}
