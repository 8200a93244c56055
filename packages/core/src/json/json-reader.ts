import type { JsonValue } from "./json.ts";

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /true|false|null|-?\d[\d.eE+-]*/y;
const SPACE = /[ \n\r\t]*/y;

/** An array or object that is being read, and the name of its next value. */
type Open =
  | { readonly values: JsonValue[] }
  | { readonly object: Record<string, JsonValue>; name: string };

/**
 * Parses JSON text that `JSON.parse` misreads; single strings and numbers are left to `JSON.parse`. Not recursive, so
 * that text may be nested to any depth.
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

  /** A complete value; undefined if an array or object was opened. */
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

  /** Whether another value follows; reads its name in an object. */
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
    // Also after it, so that a closing character is next.
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
  // Also right for `__proto__`.
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
