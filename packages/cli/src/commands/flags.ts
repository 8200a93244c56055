import type { FlagParametersForType, TypedFlagParameter } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";

/** Options of commands that look at a mesh through an agent's view. */
export interface ReaderFlags extends MeshFlags {
  readonly as?: string | undefined;
}

/** Options of commands that can also look at the past. */
export interface PastFlags extends MeshFlags {
  readonly at?: number | undefined;
}

export interface PastReaderFlags extends ReaderFlags, PastFlags {}

export const text = (input: string): string => input;

/** An empty value is that of a variable which is not set, more often than meant. */
function optionText(input: string): string {
  if (input !== "") return input;
  throw new RangeError("It must not be empty.");
}

type TextFlag = {
  readonly kind: "parsed";
  readonly parse: (input: string) => string;
  readonly brief: string;
  readonly placeholder: string;
  readonly optional: true;
};

/** An option with a text. */
export function textFlag(placeholder: string, brief: string): TextFlag {
  return { kind: "parsed", parse: optionText, brief, placeholder, optional: true };
}

/** An option that may be repeated. */
export function textsFlag(placeholder: string, brief: string) {
  return { ...textFlag(placeholder, brief), variadic: true } as const;
}

/** An option that is on or off. */
export function switchFlag(brief: string) {
  return { kind: "boolean", brief, optional: true, withNegated: false } as const;
}

/** An option with a whole number from `minimum`. */
export function countFlag(
  placeholder: string,
  brief: string,
  minimum = 1,
): TypedFlagParameter<number | undefined, Cli> {
  return {
    kind: "parsed",
    parse: (input) => wholeNumber(input, minimum),
    brief,
    placeholder,
    optional: true,
  };
}

export function wholeNumber(input: string, minimum: number): number {
  const number = Number(input);
  if (input.trim() !== "" && Number.isSafeInteger(number) && number >= minimum) return number;
  throw new RangeError(`It must be a whole number from ${minimum}.`);
}

export const MESH_FLAGS: FlagParametersForType<MeshFlags, Cli> = {
  storage: textFlag("URL", "sqlite:mesh.db or postgres://…; or SYNTHA_STORAGE"),
  tenant: textFlag("ID", "The tenant; or SYNTHA_TENANT  (default: default)"),
  context: textFlag("NAME", "A mesh that `syntha context save` saved"),
  json: switchFlag("Print JSON, one object a line"),
};

export const READER_FLAGS: FlagParametersForType<ReaderFlags, Cli> = {
  as: textFlag("AGENT", "Show what this agent sees  (default: everything)"),
  ...MESH_FLAGS,
};

/** The option of commands that can also look at the past. */
export const AT = {
  kind: "parsed",
  parse: (input: string) => wholeNumber(input.replace(/^#/, ""), 0),
  brief: "Show this position of the log, such as 48213",
  placeholder: "N",
  optional: true,
} as const;

export const ACTOR_FLAGS: FlagParametersForType<ReaderFlags, Cli> = {
  as: textFlag("AGENT", "Act as this agent, or `system`  (default: you)"),
  ...MESH_FLAGS,
};

/** Options of every command, which help lists last. */
export const SHARED_FLAGS: readonly string[] = ["as", "at", ...Object.keys(MESH_FLAGS)];
