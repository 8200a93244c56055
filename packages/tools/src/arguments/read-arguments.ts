import { isSynthaError, parseJson, type SynthaError } from "@syntha/core";
import { propertiesOf } from "../schema/parameters.ts";
import type { Tool } from "../tool.ts";
import { type Caller, resolveNames } from "./argument-names.ts";
import { MOST_AUDIENCE, MOST_NAMES } from "./fields.ts";
import { interpret } from "./interpret.ts";
import { jsonMistake } from "./json-mistake.ts";
import type { ArgumentLimits } from "./limits.ts";
import { nestingOf, roundedNumber } from "./scan-json.ts";
import { describeIssues, invalid } from "./sentence.ts";
import { roundedError } from "./structured.ts";
import { checkBytes, tooComplex, utf8Bytes, measureArguments } from "./argument-size.ts";

type Bag = Readonly<Record<string, unknown>>;

export interface ReadArguments {
  readonly args: Bag;
  /** Arguments that were given and that the tool has no use for. */
  readonly ignored: readonly string[];
}

/**
 * Arguments as a model or code gave them, checked: an object, or its JSON text. What can mean one thing only is read as
 * that.
 * @throws SynthaError only
 */
export function readArguments(
  tool: Tool,
  given: unknown,
  limits: ArgumentLimits,
  caller: Caller,
): ReadArguments {
  try {
    const bag = typeof given === "string" ? parse(given, limits) : given;
    const { args, ignored } = resolveNames(tool, toBag(tool, bag, caller), caller);
    return { args: check(tool, args, limits), ignored };
  } catch (error) {
    if (isSynthaError(error)) throw error;
    // A getter or proxy that throws when it is looked at.
    throw invalid("Tool arguments can't be read.", { hint: "Pass a plain object, or JSON text." });
  }
}

/** Some models put JSON into a block of Markdown. */
const FENCE = "```";
const FENCE_LINE = /^```(?:json)?[^\S\n]*\n/;

function unfenced(text: string): string {
  const trimmed = text.trim();
  const [line] = FENCE_LINE.exec(trimmed) ?? [];
  if (line === undefined || !trimmed.endsWith(FENCE)) return text;
  return trimmed.slice(line.length, -FENCE.length);
}

function parse(text: string, limits: ArgumentLimits): unknown {
  checkBytes(text.length > limits.bytes ? text.length : utf8Bytes(text), limits.bytes);
  const json = unfenced(text);
  // Some models say "no arguments" with no text at all.
  if (json.trim() === "") return {};
  // One level is that of the arguments themselves.
  if (nestingOf(json) > limits.depth + 1) throw tooComplex("levels of nesting", limits.depth);
  let bag: unknown;
  try {
    bag = parseJson(json);
  } catch {
    throw invalid("Tool arguments are not valid JSON.", { hint: jsonMistake(json) });
  }
  const rounded = roundedNumber(json);
  if (rounded !== undefined) throw roundedError("arguments", rounded);
  // JSON inside of JSON text: written twice.
  return typeof bag === "string" && bag.trimStart().startsWith("{") ? parse(bag, limits) : bag;
}

function toBag(tool: Tool, given: unknown, caller: Caller): Bag {
  if (given === undefined) return {};
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Bag;
  const names = [...propertiesOf(tool.input).keys()].join(", ");
  throw invalid("Tool arguments must be a JSON object.", {
    hint: `Write an object with the arguments of ${caller.tool}: ${names}.`,
  });
}

function check(tool: Tool, named: Bag, limits: ArgumentLimits): Bag {
  const properties = propertiesOf(tool.input);
  const args: Record<string, unknown> = {};
  let bytes = 0;
  let inexact: SynthaError | undefined;
  for (const [name, value] of Object.entries(named)) {
    const property = properties.get(name);
    if (property === undefined) continue;
    // A list that is too long is reported as that, and not as too much to look at.
    const most = property.reads === "audience" ? MOST_AUDIENCE : MOST_NAMES;
    const isLong = Array.isArray(value) && value.length > most && property.type === "array";
    if (!isLong) {
      const weight = measureArguments(value, limits);
      bytes += weight.bytes;
      if (weight.inexact !== undefined) inexact ??= roundedError(name, String(weight.inexact));
    }
    const meant = isLong ? (value as unknown[]).slice(0, most + 1) : interpret(property, value);
    if (meant !== undefined) args[name] = meant;
  }
  checkBytes(bytes, limits.bytes);
  const result = tool.input.safeParse(args);
  // First what an argument must be: a limit out of bounds is not mended by writing it as text.
  if (!result.success) throw describeIssues(tool, result.error.issues, args);
  if (inexact !== undefined) throw inexact;
  return result.data;
}
