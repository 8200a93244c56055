import { messageOf } from "../error/message.ts";
import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import { encode } from "../json/encode.ts";
import type { JsonValue } from "../json/json.ts";
import type { ValueLimits } from "../json/limits.ts";
import { andThen, type MaybeAsync } from "./maybe-async.ts";
import type { MeshSchema } from "./mesh-schema.ts";
import { TopicGuard } from "./topic-guard.ts";
import type { StandardIssue, StandardSchema } from "./standard-schema.ts";
import { checkRecord } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { parseJson } from "../json/parse-json.ts";
import { describe } from "../text/describe.ts";

const SCHEMA = knownOptions<MeshSchema>("a mesh's schema", {
  items: true,
  topics: true,
  events: true,
});

/** Validates every write against the mesh's schema, and encodes values as the JSON text that is stored. */
export class SchemaGuard {
  readonly #exact = new Map<string, StandardSchema>();
  /** Longest prefix first. */
  readonly #patterns: [prefix: string, schema: StandardSchema][] = [];
  /** Undefined: any topic for any item. */
  readonly topics: TopicGuard | undefined;
  readonly #events: ReadonlyMap<string, StandardSchema> | undefined;
  readonly #hasItems: boolean;
  readonly #limits: ValueLimits;

  /** @throws INVALID_ARGUMENTS for anything but Standard Schemas, and for a `*` before the end of a pattern */
  constructor(schema: MeshSchema | undefined, limits: ValueLimits) {
    if (schema !== undefined) checkSchema(schema);
    this.#limits = limits;
    this.#hasItems = schema?.items !== undefined;
    this.topics = schema?.topics && new TopicGuard(schema.topics);
    this.#events = schema?.events && new Map(Object.entries(schema.events));
    for (const [pattern, check] of Object.entries(schema?.items ?? {})) {
      const star = pattern.indexOf("*");
      if (star === -1) this.#exact.set(pattern, check);
      else if (star === pattern.length - 1) this.#patterns.push([pattern.slice(0, -1), check]);
      else throw badPattern(pattern);
    }
    this.#patterns.sort(([a], [b]) => b.length - a.length);
  }

  /** Whether no schema can change the value of an item. */
  get keepsValues(): boolean {
    return !this.#hasItems;
  }

  /** JSON text of an item's value; a promise only if its schema is asynchronous. */
  encodeItem(key: string, value: unknown): MaybeAsync<string> {
    if (!this.#hasItems) return encode(value, this.#limits);
    return this.#check(this.#schemaOf(key), value, `"${key}"`, key);
  }

  #schemaOf(key: string): StandardSchema {
    const schema =
      this.#exact.get(key) ?? this.#patterns.find(([prefix]) => key.startsWith(prefix))?.[1];
    if (schema !== undefined) return schema;
    const keys = [...this.#exact.keys(), ...this.#patterns.map(([prefix]) => `${prefix}*`)];
    throw mismatch(`This mesh has no item "${key}".`, `Its schema has: ${keys.join(", ")}.`, {
      key,
      issues: [],
    });
  }

  /** @throws SCHEMA_MISMATCH for a key that the schema does not have */
  checkKey(key: string): void {
    if (this.#hasItems) this.#schemaOf(key);
  }

  /**
   * Before a part of a value is changed, which passes the whole of it through the schema again.
   * @throws SCHEMA_MISMATCH if that would change what the schema has returned before; it may add members
   */
  async checkPart(key: string, stored: JsonValue): Promise<void> {
    if (!this.#hasItems) return;
    let again: string;
    try {
      again = await this.encodeItem(key, stored);
    } catch {
      // The schema may have changed since: what is written is checked.
      return;
    }
    if (keeps(stored, parseJson(again))) return;
    throw mismatch(
      `The schema of "${key}" changes what it has returned itself, so a part of the value can't be changed alone.`,
      "Use update, whose function returns the whole value as the schema takes it.",
      { key, issues: [] },
    );
  }

  /** JSON text of an event's data; a promise only if its schema is asynchronous. */
  encodeEvent(type: string, data: unknown): MaybeAsync<string> {
    if (this.#events === undefined) return encode(data, this.#limits);
    const schema = this.#events.get(type);
    if (schema === undefined) {
      const types = [...this.#events.keys()].join(", ");
      throw mismatch(`This mesh has no event "${type}".`, `Its schema has: ${types}.`, {
        issues: [],
      });
    }
    return this.#check(schema, data, `the event "${type}"`);
  }

  #check(schema: StandardSchema, value: unknown, what: string, key?: string): MaybeAsync<string> {
    // A copy: the caller may change its object later.
    const copy: unknown = parseJson(encode(value, this.#limits));
    let result: ReturnType<StandardSchema["~standard"]["validate"]>;
    try {
      result = schema["~standard"].validate(copy);
    } catch (error) {
      throw failed(error, what, key);
    }
    if (!(result instanceof Promise)) return this.#conclude(result, what, key);
    const settled = result.catch((error: unknown) => {
      throw failed(error, what, key);
    });
    // The call may be refused for another reason before it waits for this.
    settled.catch(() => undefined);
    return andThen(settled, (outcome) => this.#conclude(outcome, what, key));
  }

  #conclude(
    result: Awaited<ReturnType<StandardSchema["~standard"]["validate"]>>,
    what: string,
    key?: string,
  ): string {
    if (result.issues === undefined) return encode(result.value, this.#limits);
    const issues = result.issues.map(spell);
    throw mismatch(
      `The value of ${what} does not match its schema: ${issues.map(({ path, message }) => `${path} ${message}`).join("; ")}.`,
      "Correct the value at the path, and write it again.",
      { ...(key !== undefined && { key }), issues },
    );
  }
}

function checkSchema(schema: MeshSchema): void {
  checkOptions(schema, SCHEMA, "schema");
  checkSchemas("schema.items", schema.items);
  checkSchemas("schema.events", schema.events);
  const { topics = [] } = schema;
  if (!Array.isArray(topics)) checkRecord("schema.topics", topics, TOPICS);
}

const TOPICS = 'Pass a list, or key patterns by topic: { work: "task:*", chat: "*" }.';

function checkSchemas(path: string, schemas: Readonly<Record<string, unknown>> = {}): void {
  checkRecord(path, schemas, 'Pass schemas by name: { "task:*": Task }.');
  for (const [name, schema] of Object.entries(schemas)) {
    const standard = (schema as Partial<StandardSchema> | undefined | null)?.["~standard"];
    if (typeof standard?.validate !== "function")
      throw noSchema(`${path}.${name}`, `\`${path}\` has no Standard Schema for "${name}".`);
  }
}

function noSchema(path: string, message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Pass schemas of Zod, Valibot, ArkType or any other library that implements Standard Schema.",
    details: { path },
  });
}

/** Whether a value has all that another one has. */
function keeps(before: JsonValue, after: JsonValue): boolean {
  if (typeof before !== "object" || before === null) return before === after;
  if (typeof after !== "object" || after === null) return false;
  if (Array.isArray(before))
    return (
      Array.isArray(after) &&
      after.length === before.length &&
      before.every((element, i) => keeps(element, after[i] as JsonValue))
    );
  return Object.entries(before).every(
    ([name, member]) =>
      Object.hasOwn(after, name) &&
      keeps(member as JsonValue, (after as Record<string, JsonValue>)[name] as JsonValue),
  );
}

/** An exception of a schema's own code. */
function failed(error: unknown, what: string, key: string | undefined): unknown {
  if (isSynthaError(error)) return error;
  const reason = messageOf(error) ?? describe(error);
  return new SynthaError("SCHEMA_MISMATCH", `The schema of ${what} failed: ${reason}`, {
    hint: "Look at the schema's own code: nothing was written.",
    details: { ...(key !== undefined && { key }), issues: [] },
    cause: error,
  });
}

type Mismatch = { key?: string; issues: readonly { path: string; message: string }[] };

function mismatch(message: string, hint: string, details: Mismatch): SynthaError {
  return new SynthaError("SCHEMA_MISMATCH", message, { hint, details });
}

function spell({ message, path = [] }: StandardIssue): { path: string; message: string } {
  const steps = path.map((step) => String(typeof step === "object" ? step.key : step));
  return { path: ["$", ...steps].join("."), message };
}

function badPattern(pattern: string): SynthaError {
  return new SynthaError(
    "INVALID_ARGUMENTS",
    `The key pattern "${pattern}" has a * before its end.`,
    {
      hint: `Only the end can be left open: "task:*".`,
      details: { path: "schema.items" },
    },
  );
}
