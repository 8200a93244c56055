import { SynthaError } from "@syntha/core";
import type * as z from "zod";
import type { Tool } from "../tool.ts";

type Issue = z.core.$ZodIssue;

/** Issues that are told at once; the rest shows when these are mended. */
const MOST_TOLD = 3;

const KINDS: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "an object",
  string: "text",
};

/** What is wrong with a call's arguments, in sentences, with a call that would be right. */
export function describeIssues(
  tool: Tool,
  issues: readonly Issue[],
  given: Readonly<Record<string, unknown>>,
): SynthaError {
  const told = issues
    .slice(0, MOST_TOLD)
    .map((issue) => toSentence(issue, Object.hasOwn(given, issue.path[0] ?? "")))
    .join(" ");
  const [first] = issues;
  const path = spell(first?.path ?? []);
  const maximum = first?.code === "too_big" ? Number(first.maximum) : undefined;
  const isText = first?.code === "custom" && first.params?.["code"] === "INVALID_TEXT";
  if (isText) {
    return new SynthaError("INVALID_TEXT", told, {
      hint: "Use well-formed text for names; such characters may stand inside a value.",
      details: { what: path },
    });
  }
  return invalid(tool, told, path, maximum);
}

export function invalid(
  tool: Tool,
  message: string,
  path?: string,
  maximum?: number,
): SynthaError<"INVALID_ARGUMENTS"> {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: `A right call's arguments: ${JSON.stringify(tool.example)}`,
    details: { ...(path !== undefined && { path }), ...(maximum !== undefined && { maximum }) },
  });
}

function toSentence(issue: Issue, isThere: boolean): string {
  const where = `\`${spell(issue.path)}\``;
  switch (issue.code) {
    case "invalid_type":
      return isThere
        ? `${where} must be ${KINDS[issue.expected] ?? issue.expected}.`
        : `${where} is missing.`;
    case "too_big":
      return issue.origin === "array"
        ? `${where} may hold at most ${issue.maximum} entries.`
        : `${where} must be at most ${issue.maximum}.`;
    case "too_small":
      if (issue.origin === "array" || issue.origin === "string")
        return `${where} must not be empty.`;
      return `${where} must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}.`;
    case "custom":
      return issue.params?.["code"] === "INVALID_TEXT"
        ? `${where} holds a NUL character or half of a surrogate pair.`
        : `${where} is missing.`;
    default:
      return `${where} can't be used.`;
  }
}

function spell(path: readonly PropertyKey[]): string {
  const [first = "arguments", ...rest] = path;
  return String(first) + rest.map((step) => `[${String(step)}]`).join("");
}
