import { SynthaError } from "../error/syntha-error.ts";
import { checkName, checkNames } from "../text/name.ts";
import type { MeshSchema } from "./mesh-schema.ts";

/** The topics of a mesh's schema, and the keys of the items that each may have. */
export class TopicGuard {
  /** Key patterns by topic. */
  readonly #patterns: ReadonlyMap<string, readonly string[]>;

  /** @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE */
  constructor(topics: NonNullable<MeshSchema["topics"]>) {
    const entries = isList(topics)
      ? topics.map((topic) => [topic, ANY] as const)
      : Object.entries(topics).map(([topic, keys]) => [topic, toPatterns(topic, keys)] as const);
    for (const [topic] of entries) checkName("topic", topic);
    this.#patterns = new Map(entries);
  }

  /** @throws SCHEMA_MISMATCH for topics that the mesh does not have */
  check(topics: readonly string[]): void {
    const unknown = topics.filter((topic) => !this.#patterns.has(topic));
    if (unknown.length === 0) return;
    throw new SynthaError(
      "SCHEMA_MISMATCH",
      `This mesh has no topic ${unknown.map((topic) => `"${topic}"`).join(", ")}.`,
      {
        hint: `Its schema has: ${[...this.#patterns.keys()].join(", ")}.`,
        details: { issues: [] },
      },
    );
  }

  /** Whether an item with this key may be on each of these topics. */
  allows(key: string, topics: readonly string[]): boolean {
    return topics.every((topic) => this.#patternsOf(topic).some((pattern) => fits(key, pattern)));
  }

  /** @throws SCHEMA_MISMATCH for a topic that does not have items with this key */
  checkItem(key: string, topics: readonly string[]): void {
    const topic = topics.find((each) => !this.allows(key, [each]));
    if (topic === undefined) return;
    throw new SynthaError(
      "SCHEMA_MISMATCH",
      `The topic "${topic}" has no items with the key "${key}".`,
      {
        hint: `Its items in the mesh's schema: ${this.#patternsOf(topic).join(", ")}.`,
        details: { key, issues: [] },
      },
    );
  }

  #patternsOf(topic: string): readonly string[] {
    return this.#patterns.get(topic) ?? [];
  }
}

const ANY: readonly string[] = ["*"];

function isList(topics: object): topics is readonly string[] {
  return Array.isArray(topics);
}

function toPatterns(topic: string, keys: string | readonly string[]): readonly string[] {
  const patterns = typeof keys === "string" ? [keys] : keys;
  checkNames("key pattern", patterns, Number.POSITIVE_INFINITY);
  const odd = patterns.find((pattern) => /\*./s.test(pattern));
  if (odd === undefined) return patterns;
  throw new SynthaError("INVALID_ARGUMENTS", `The key pattern "${odd}" has a * before its end.`, {
    hint: `Only the end can be left open: "task:*".`,
    details: { path: `schema.topics.${topic}` },
  });
}

function fits(key: string, pattern: string): boolean {
  return pattern.endsWith("*") ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
}
