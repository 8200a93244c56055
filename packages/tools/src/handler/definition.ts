import {
  type ParametersByDialect,
  propertiesOf,
  type SchemaDialect,
  toParameters,
} from "../schema/json-schema.ts";
import { type ToolName, toolOf } from "../tools/index.ts";
import type { Effect, Toolset } from "../tool.ts";

/** A tool in the form that adapters convert to a vendor's format. */
export interface ToolDefinition<D extends SchemaDialect = "strict"> {
  /** With the handler's prefix. */
  name: string;
  description: string;
  effect: Effect;
  toolset: Toolset;
  /** JSON Schema of the arguments. */
  parameters: ParametersByDialect[D];
}

export interface ToolsOptions<D extends SchemaDialect = SchemaDialect> {
  /**
   * The form of the JSON Schemas: `"strict"` for strict modes, `"portable"` for every other use, such as Gemini.
   * @default "strict"
   */
  readonly dialect?: D | undefined;
}

/** The parts of a definition that depend on the handler. */
export interface DefinitionContext {
  readonly prefix: string;
  /** The handler's default time to live, such as "7d" or "1.5 hours". */
  readonly defaultTtl: string | undefined;
  /** Toolsets whose arguments of other tools are described, such as `depends_on` of `push_context`. */
  readonly toolsets: readonly Toolset[];
}

/** A new object each time, because callers may change theirs. */
export function toDefinition<D extends SchemaDialect>(
  name: ToolName,
  dialect: D,
  { prefix, defaultTtl, toolsets }: DefinitionContext,
): ToolDefinition<D> {
  const { description, effect, toolset, input } = toolOf(name);
  const properties = new Map(propertiesOf(input));
  for (const [argument, { toolset: needed }] of properties)
    if (needed !== undefined && !toolsets.includes(needed)) properties.delete(argument);
  const ttl = properties.get("ttl_hours");
  if (ttl !== undefined && defaultTtl !== undefined)
    properties.set("ttl_hours", { ...ttl, absent: defaultTtl });
  return {
    name: `${prefix}${name}`,
    description,
    effect,
    toolset,
    parameters: toParameters(properties, dialect),
  };
}
