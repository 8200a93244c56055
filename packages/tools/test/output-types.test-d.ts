import type { Cursor, JsonValue } from "@syntha/core";
import { expectTypeOf } from "vitest";
import * as z from "zod";
import type {
  ChangeSummary,
  DiscoveredAgent,
  DiscoveredTopic,
  EventSummary,
  ItemMeta,
  OutputSchema,
  ToolCaller,
  ToolName,
  ToolResults,
} from "../src/index.ts";
import { defineTool } from "../src/tool.ts";
import type { ToolOutputs } from "../src/tools/index.ts";

/** A number is no key of JSON, but of an index signature. */
type KeysOf<T> = T extends unknown ? Exclude<keyof T, number | symbol> : never;
type At<T, K> = T extends unknown ? (K extends keyof T ? T[K] : undefined) : never;
type ObjectsOf<T> = Exclude<Extract<T, object>, string | readonly unknown[]>;

/**
 * What a result can contain, as texts such as `get_context.meta.*.state "done"`: types that are nested deeply are not compared.
 * A union of objects is one object with the fields of all. What a schema does not say is left out: which lists are read-only,
 * which strings are cursors, and that an optional field is never undefined.
 */
type Contents<T, P extends string> = [JsonValue] extends [T]
  ? `${P} JSON` | (undefined extends T ? `${P} undefined` : never)
  : Leaves<T, P> | Entries<T, P> | Properties<ObjectsOf<T>, P>;
type Leaves<T, P extends string> = T extends string
  ? `${P} ${string extends T ? "text" : `"${T}"`}`
  : T extends number | boolean | null | undefined
    ? `${P} ${T}`
    : never;
type Entries<T, P extends string> = T extends string
  ? never
  : T extends readonly (infer E)[]
    ? `${P} list` | Contents<E, `${P}[]`>
    : never;
type Properties<T, P extends string> = {
  [K in KeysOf<T>]: Contents<At<T, K>, `${P}.${string extends K ? "*" : K}`>;
}[KeysOf<T>];

type Difference<A, B> = Exclude<A, B> | Exclude<B, A>;
type Answer<R> = { success: true; ignored_arguments?: readonly string[] } & R;

// Each result is exactly what its schema says.
type Wrong = {
  [N in ToolName]: Difference<Contents<ToolResults[N], N>, Contents<Answer<ToolOutputs[N]>, N>>;
}[ToolName];
declare const wrong: Wrong;
void (wrong satisfies never);
expectTypeOf<
  Contents<{ a: { b?: "x" | "y" }[] | null; c: Record<string, JsonValue>; d: Cursor }, "r">
>().toEqualTypeOf<
  | "r.a list"
  | "r.a null"
  | 'r.a[].b "x"'
  | 'r.a[].b "y"'
  | "r.a[].b undefined"
  | "r.c.* JSON"
  | "r.d text"
>();

// The results are of types with names.
expectTypeOf<ToolResults["get_context"]["meta"]>().toEqualTypeOf<Record<string, ItemMeta>>();
expectTypeOf<ToolResults["get_context"]["context"]>().toEqualTypeOf<Record<string, JsonValue>>();
expectTypeOf<ToolResults["discover_agents"]["agents"]>().toEqualTypeOf<
  Record<string, DiscoveredAgent>
>();
expectTypeOf<ToolResults["discover_topics"]["topics"][string]>().toEqualTypeOf<DiscoveredTopic>();
expectTypeOf<ToolResults["read_events"]["events"]>().toEqualTypeOf<EventSummary[]>();
expectTypeOf<ToolResults["wait_for_changes"]["changes"]>().toEqualTypeOf<ChangeSummary[]>();
expectTypeOf<ToolResults["edit_context"]["value"]>().toEqualTypeOf<number | undefined>();

const about = {
  name: "count",
  toolset: "context",
  effect: "read",
  description: "Count.",
  input: z.strictObject({}),
  example: {},
} as const;
const output = z.object({ count: z.int(), unit: z.enum(["items", "bytes"]).optional() });

const tool = defineTool({ ...about, output, run: async () => ({ count: 1 }) });
expectTypeOf<Awaited<ReturnType<typeof tool.run>>>().toEqualTypeOf<{ count: number }>();
// @ts-expect-error A field is missing.
defineTool({ ...about, output, run: async () => ({}) });
// @ts-expect-error A field is of another type.
defineTool({ ...about, output, run: async () => ({ count: "1" }) });
// @ts-expect-error A value is none of the schema's.
defineTool({ ...about, output, run: async () => ({ count: 1, unit: "topics" }) });
// @ts-expect-error A field is null.
defineTool({ ...about, output, run: async () => ({ count: 1, unit: null }) });

// A definition of an MCP server takes the schema as it is.
declare const handler: ToolCaller;
expectTypeOf(handler.outputSchema("get_context")).toEqualTypeOf<OutputSchema | undefined>();
expectTypeOf<OutputSchema>().toExtend<{
  [keyword: string]: unknown;
  type: "object";
  properties?: Record<string, object>;
  required?: string[];
}>();
