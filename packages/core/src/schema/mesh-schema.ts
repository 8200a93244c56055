import type { Jsonable, JsonValue } from "../json/json.ts";
import type { InputOf, OutputOf, StandardSchema } from "./standard-schema.ts";

/**
 * What a mesh may hold. Each part given is a complete list, checked at compile time and on every write; a part that is
 * left out is not restricted.
 *
 * @example
 * ```ts
 * const mesh = new ContextMesh({
 *   schema: {
 *     items: { "task:*": z.object({ title: z.string() }), config: z.object({ model: z.string() }) },
 *     topics: { work: "task:*", settings: "config" },
 *     events: { "task.done": z.object({ task: z.string() }) },
 *   },
 * });
 * ```
 */
export interface MeshSchema {
  /** Schemas by key, or by key prefix: `"task:*"`. The exact key has precedence, then the longest prefix. */
  readonly items?: Readonly<Record<string, StandardSchema>> | undefined;
  /** A list; or an object with the key patterns of each topic's items: `{ work: "task:*", chat: "*" }`. */
  readonly topics?:
    | readonly string[]
    | Readonly<Record<string, string | readonly string[]>>
    | undefined;
  /** Schemas of the data of events, by type. */
  readonly events?: Readonly<Record<string, StandardSchema>> | undefined;
}

/** A mesh without a schema: any key, topic and event type, any JSON. */
// oxlint-disable-next-line typescript/no-empty-object-type
export interface Untyped extends MeshSchema {}

export type ItemsOf<S> = S extends {
  readonly items: infer I extends Record<string, StandardSchema>;
}
  ? I
  : never;
type EventsOf<S> = S extends { readonly events: infer E extends Record<string, StandardSchema> }
  ? E
  : never;

export type KeyOfPattern<P extends string> = P extends `${infer Start}*` ? `${Start}${string}` : P;

/** Keys that the mesh may hold. */
export type KeyOf<S extends MeshSchema> = [ItemsOf<S>] extends [never]
  ? string
  : KeyOfPattern<keyof ItemsOf<S> & string>;

type SchemaOf<I extends Record<string, StandardSchema>, K> = K extends keyof I
  ? I[K]
  : {
      [P in keyof I & string]: P extends `${infer Start}*`
        ? K extends `${Start}${string}`
          ? I[P]
          : never
        : never;
    }[keyof I & string];

/** The type of a key's value as it is read; `T` if the mesh has no schema. */
export type ValueOf<S extends MeshSchema, K, T = JsonValue> = [ItemsOf<S>] extends [never]
  ? T
  : OutputOf<SchemaOf<ItemsOf<S>, K>>;

/** The type of a key's value as it is written: its schema's input, or any JSON. */
export type WritableOf<S extends MeshSchema, K, V> = [ItemsOf<S>] extends [never]
  ? V & Jsonable<V>
  : InputOf<SchemaOf<ItemsOf<S>, K>>;

/** What a task at one of these keys becomes when it is completed or handed off: a value of the key, or any. */
export type ResultOf<S extends MeshSchema, K> = [ItemsOf<S>] extends [never]
  ? unknown
  : WritableOf<S, K, unknown>;

/** The key, if its value can be a number. */
export type NumericKey<S extends MeshSchema, K extends string> = [ItemsOf<S>] extends [never]
  ? K
  : unknown extends ValueOf<S, K>
    ? K
    : [Extract<ValueOf<S, K>, number>] extends [never]
      ? never
      : K;

/** A part of a key's value, as `merge` takes it: members to set, and null for those to remove. */
export type PatchOf<S extends MeshSchema, K, V> = [ItemsOf<S>] extends [never]
  ? V & Jsonable<V>
  : MergePatch<InputOf<SchemaOf<ItemsOf<S>, K>>>;

type MergePatch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [P in keyof T]?: MergePatch<T[P]> | null }
    : T;

/** An element of a key's value, which is a list. */
export type ElementOf<S extends MeshSchema, K, V> = [ItemsOf<S>] extends [never]
  ? V & Jsonable<V>
  : InputOf<SchemaOf<ItemsOf<S>, K>> extends readonly (infer E)[]
    ? E
    : never;

export type TopicOf<S extends MeshSchema> = S extends {
  readonly topics: readonly (infer T extends string)[];
}
  ? T
  : S extends { readonly topics: infer P extends TopicTable }
    ? keyof P & string
    : string;

type TopicTable = Readonly<Record<string, string | readonly string[]>>;

/** Patterns of the keys that a mesh may hold. */
type PatternOf<S> = [ItemsOf<S>] extends [never] ? "*" : keyof ItemsOf<S> & string;

/** Patterns of the keys of items on a topic. */
type PatternOn<S, T> = S extends { readonly topics: infer P extends TopicTable }
  ? T extends keyof P
    ? EachOf<P[T]> extends infer E
      ? E extends "*"
        ? PatternOf<S>
        : E
      : never
    : PatternOf<S>
  : PatternOf<S>;

type EachOf<P> = P extends readonly (infer E)[] ? E : P;

/** A pattern's keys with a prefix. */
type Below<P, Prefix extends string> = P extends `${infer Start}*`
  ? Start extends `${Prefix}${string}`
    ? `${Start}${string}`
    : Prefix extends `${Start}${string}`
      ? `${Prefix}${string}`
      : never
  : P extends `${Prefix}${string}`
    ? P
    : never;

/** Keys of items on a topic, with a prefix; `string` is any topic, or any prefix. */
export type KeysOf<
  S extends MeshSchema,
  T extends string = string,
  P extends string = string,
> = Below<string extends T ? PatternOf<S> : PatternOn<S, T>, P> & string;

/** Keys that are in both. */
export type Both<A extends string, B extends string> = A extends B ? A : B extends A ? B : never;

export type EventTypeOf<S extends MeshSchema> = [EventsOf<S>] extends [never]
  ? string
  : keyof EventsOf<S> & string;

/** The data of an event of a type, as it is read. */
export type EventDataOf<S extends MeshSchema, E> = [EventsOf<S>] extends [never]
  ? JsonValue
  : E extends keyof EventsOf<S>
    ? OutputOf<EventsOf<S>[E]>
    : never;

/** The data that may be published with a type. */
export type PublishableOf<S extends MeshSchema, E, D> = [EventsOf<S>] extends [never]
  ? D & Jsonable<D>
  : E extends keyof EventsOf<S>
    ? InputOf<EventsOf<S>[E]>
    : never;
