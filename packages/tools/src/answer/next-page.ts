import type { Call } from "../tool.ts";

/** Names the call that goes on, where a listing does. */
export function nextPageHint(
  call: Call,
  tool: string,
  next: string | undefined,
): { readonly hint?: string } {
  if (next === undefined) return {};
  return { hint: `Call ${call.publicNameOf(tool) ?? tool} with page set to next_page for more.` };
}
