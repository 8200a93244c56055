import type { JsonValue } from "./json.ts";

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /true|false|null|-?\d[\d.eE+-]*/y;
const SPACE = /[ \n\r\t]*/y;

/** What is being read: an array, or an object and the name that its next value has. */
type Open =
  | { readonly values: JsonValue[] }
  | { readonly object: Record<string, JsonValue>; name: string };

/**
 * Reads JSON text into values, for text that `JSON.parse` can't be trusted with. Strings and numbers alone it can, so
 * each of them is left to it. Without recursion: text may be nested as deep as it is long.
 */
export class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws SyntaxError */
  read(): JsonValue {
    const open: Open[] = [];
    for (;;) {
      let value = this.#begin(open);
      while (value !== undefined) {
        const parent = open.at(-1);
        if (parent === undefined) return this.#end(value);
        add(parent, value);
        value = this.#next(parent) ? undefined : close(open);
      }
    }
  }

  /** A value that is whole; undefined when one was opened that has parts. */
  #begin(open: Open[]): JsonValue | undefined {
    this.#take(SPACE);
    if (this.#skip("[")) {
      if (this.#skip("]")) return [];
      open.push({ values: [] });
      return undefined;
    }
    if (this.#skip("{")) {
      if (this.#skip("}")) return {};
      open.push({ object: {}, name: this.#name() });
      return undefined;
    }
    return JSON.parse(this.#take(STRING) ?? this.#take(SCALAR) ?? this.#fail()) as JsonValue;
  }

  /** Whether another part follows; an object's name is read then. */
  #next(parent: Open): boolean {
    if (this.#skip(",")) {
      if ("object" in parent) parent.name = this.#name();
      return true;
    }
    if (!this.#skip("object" in parent ? "}" : "]")) this.#fail();
    return false;
  }

  #name(): string {
    this.#take(SPACE);
    const name = JSON.parse(this.#take(STRING) ?? this.#fail()) as string;
    if (!this.#skip(":")) this.#fail();
    return name;
  }

  #end(value: JsonValue): JsonValue {
    this.#take(SPACE);
    if (this.#at < this.#text.length) this.#fail();
    return value;
  }

  #skip(sign: string): boolean {
    this.#take(SPACE);
    const isThere = this.#text[this.#at] === sign;
    if (isThere) this.#at++;
    // Also behind it, so that an end that follows is seen.
    this.#take(SPACE);
    return isThere;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fail(): never {
    throw new SyntaxError(`Unexpected token at position ${this.#at} of JSON.`);
  }
}

function add(parent: Open, value: JsonValue): void {
  if ("values" in parent) parent.values.push(value);
  // `__proto__` is a name like any other.
  else
    Object.defineProperty(parent.object, parent.name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
}

function close(open: Open[]): JsonValue {
  const closed = open.pop() as Open;
  return "values" in closed ? closed.values : closed.object;
}
