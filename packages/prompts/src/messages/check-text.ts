import { SynthaError } from "@syntha/core";

/** @throws INVALID_ARGUMENTS for anything but text, such as undefined for a prompt that was not found */
export function checkText(path: string, text: unknown): void {
  if (typeof text === "string") return;
  throw new SynthaError("INVALID_ARGUMENTS", `\`${path}\` must be a string.`, {
    hint: "Pass the text itself; it may be empty.",
    details: { path },
  });
}
