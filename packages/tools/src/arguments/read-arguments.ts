import { isSynthaError, parseJson, type SynthaError } from "@syntha/core";
import { propertiesOf } from "../schema/json-schema.ts";
import type { ArgumentRecord, Tool } from "../tool.ts";
import { type Caller, resolveNames } from "./argument-names.ts";
import {
  type ArgumentLimits,
  checkBytes,
  checkTextBytes,
  measureArguments,
  tooComplex,
} from "./argument-size.ts";
import { MAX_AUDIENCE, MAX_NAMES } from "../schema/parameter.ts";
import { interpretArgument } from "./interpret.ts";
import { jsonErrorHint } from "./json-error-hint.ts";
import { findInexactNumber, nestsDeeperThan } from "./json-scanner.ts";
import { describeIssues, invalidArguments } from "./invalid-arguments.ts";
import { inexactNumberError } from "./structured-text.ts";

export interface ReadArguments {
  readonly args: ArgumentRecord;
  /** Names of arguments that the tool does not use. */
  readonly ignored: readonly string[];
}

/**
 * Parses and validates the arguments of a call: an object, or its JSON text. Values with one possible meaning are read as
 * that, even if the schema asks for another form.
 * @throws SynthaError only: INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE, TOO_COMPLEX
 */
export function readArguments(
  tool: Tool,
  given: unknown,
  limits: ArgumentLimits,
  caller: Caller,
): ReadArguments {
  try {
    const parsed = typeof given === "string" ? parseText(given, limits) : given;
    const { args, ignored } = resolveNames(tool, toRecord(tool, parsed, caller), caller);
    return { args: checkValues(tool, args, limits), ignored };
  } catch (error) {
    if (isSynthaError(error)) throw error;
    // A getter or a proxy threw.
    throw invalidArguments("Tool arguments can't be read.", {
      hint: "Pass a plain object, or JSON text.",
    });
  }
}

/** Some models write JSON in a Markdown block. */
const FENCE = "```";
const FENCE_LINE = /^```(?:json)?[^\S\n]*\n/;

function stripFence(text: string): string {
  const trimmed = text.trim();
  const [line] = FENCE_LINE.exec(trimmed) ?? [];
  if (line === undefined || !trimmed.endsWith(FENCE)) return text;
  return trimmed.slice(line.length, -FENCE.length);
}

function parseText(text: string, limits: ArgumentLimits): unknown {
  checkTextBytes(text, limits.bytes);
  const json = stripFence(text);
  // Some models write no text for no arguments.
  if (json.trim() === "") return {};
  // The object of all arguments is one more level.
  if (nestsDeeperThan(limits.depth + 1, json)) throw tooComplex("levels of nesting", limits.depth);
  let parsed: unknown;
  try {
    parsed = parseJson(json);
  } catch {
    throw invalidArguments("Tool arguments are not valid JSON.", { hint: jsonErrorHint(json) });
  }
  const rounded = findInexactNumber(json);
  if (rounded !== undefined) throw inexactNumberError("arguments", rounded);
  // JSON that was encoded twice.
  const isNested = typeof parsed === "string" && parsed.trimStart().startsWith("{");
  return isNested ? parseText(parsed as string, limits) : parsed;
}

function toRecord(tool: Tool, given: unknown, caller: Caller): ArgumentRecord {
  if (given === undefined) return {};
  if (typeof given === "object" && given !== null && !Array.isArray(given))
    return given as ArgumentRecord;
  const names = [...propertiesOf(tool.input).keys()].join(", ");
  throw invalidArguments("Tool arguments must be a JSON object.", {
    hint: `Write an object with the arguments of ${caller.tool}: ${names}.`,
  });
}

function checkValues(tool: Tool, named: ArgumentRecord, limits: ArgumentLimits): ArgumentRecord {
  const properties = propertiesOf(tool.input);
  const args: Record<string, unknown> = {};
  let bytes = 0;
  let inexact: SynthaError | undefined;
  for (const name of Object.keys(named)) {
    const property = properties.get(name);
    const value = named[name];
    if (property === undefined || value === undefined) continue;
    // A list that is too long is reported as a list with too many entries, not as too complex.
    const maximum = property.format === "audience" ? MAX_AUDIENCE : MAX_NAMES;
    const isLong = Array.isArray(value) && value.length > maximum && property.type === "array";
    if (!isLong) {
      const size = measureArguments(value, limits);
      bytes += size.bytes;
      if (size.inexact !== undefined) inexact ??= inexactNumberError(name, String(size.inexact));
    }
    const interpreted = isLong
      ? (value as unknown[]).slice(0, maximum + 1)
      : interpretArgument(property, value);
    if (interpreted !== undefined) args[name] = interpreted;
  }
  checkBytes(bytes, limits.bytes);
  const result = tool.input.safeParse(args);
  // Reported first: a number out of bounds is not corrected by writing it as text.
  if (!result.success) throw describeIssues(tool, result.error.issues, args);
  if (inexact !== undefined) throw inexact;
  return result.data;
}
