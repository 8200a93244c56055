import { type Call, call, prepared, type Statement } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";

/** The most combinations per storage, as each is prepared once per connection. */
const MAX_COMBINATIONS = 64;
const MAX_STATEMENTS = 10;

/** A value of at least as many characters is compared with those of the statements before it. */
const LONG_VALUE = 4_096;

/** A parameter, or a quoted name: what looks like a parameter there is none. */
const PARAMETER = /"(?:[^"]|"")*"|\$(\d+)/g;

const combinationsOf = new WeakMap<Tables, Map<string, Statement>>();

/**
 * Combines writes to different rows into one statement, which costs the server and the client far less than several. All
 * of them see the state before the statement, and none what another one writes. The first value of each is the tenant.
 * A long value that is the last one of several of them, as an item's is in its row and in the log, is sent once.
 */
export function combineStatements(tables: Tables, calls: readonly Call[]): readonly Call[] {
  // A data-modifying WITH is only allowed at the top level.
  const separate = calls.filter(({ statement }) => statement.text.startsWith("WITH"));
  const parts = calls.filter((each) => !separate.includes(each));
  if (parts.length < 2 || parts.length > MAX_STATEMENTS) return calls;
  const statements = parts.map((each) => each.statement);
  // Rows that were too many for one statement are too many for this one too.
  if (new Set(statements).size < statements.length) return calls;
  for (const isSharing of [true, false]) {
    const parameters = new Parameters(parts, isSharing);
    const statement = combined(tables, statements, parameters);
    if (statement !== undefined) return [...separate, call(statement, ...parameters.values)];
  }
  return calls;
}

/** A value that several statements can share, and its number in the combined one. */
interface SharedValue {
  readonly value: string;
  readonly type: string;
  readonly number: number;
}

/** The parameters of combined statements. */
class Parameters {
  readonly values: unknown[];
  /** For each statement, the numbers of its parameters in the combined one. */
  readonly numbers: readonly (readonly number[])[];
  /** Which statements share the parameters of others; empty if none do. */
  shared = "";
  readonly #long: SharedValue[] = [];

  constructor(parts: readonly Call[], isSharing: boolean) {
    this.values = [parts[0]?.values[0]];
    this.numbers = parts.map(({ statement, values }, part) =>
      values.map((value, at) => {
        if (at === 0) return 1;
        return isSharing && at === values.length - 1 && isLong(value)
          ? this.#share(value, typeOf(statement, values.length), part)
          : this.values.push(value);
      }),
    );
  }

  #share(value: string, type: string | undefined, part: number): number {
    const known = this.#long.find((each) => each.type === type && each.value === value);
    if (known !== undefined) {
      this.shared += ` ${part}=${known.number}`;
      return known.number;
    }
    const number = this.values.push(value);
    if (type !== undefined) this.#long.push({ value, type, number });
    return number;
  }
}

function isLong(value: unknown): value is string {
  return typeof value === "string" && value.length >= LONG_VALUE;
}

/** The type to which a statement casts a parameter; undefined if it does not. */
function typeOf({ text }: Statement, parameter: number): string | undefined {
  return new RegExp(`\\$${parameter}::(\\w+(?:\\[\\])?)`).exec(text)?.[1];
}

function combined(
  tables: Tables,
  statements: readonly Statement[],
  { numbers, shared }: Parameters,
): Statement | undefined {
  const id = statements.map(({ name }) => name).join(" ") + shared;
  let combinations = combinationsOf.get(tables);
  if (combinations === undefined) combinationsOf.set(tables, (combinations = new Map()));
  const known = combinations.get(id);
  if (known !== undefined || combinations.size >= MAX_COMBINATIONS) return known;
  const texts = statements.map(({ text }, at) =>
    text.replace(PARAMETER, (match, digits: string | undefined) =>
      digits === undefined ? match : `$${numbers[at]?.[Number(digits) - 1]}`,
    ),
  );
  const last = texts.pop() as string;
  const named = texts.map((text, at) => `w${at} AS (${text})`);
  const statement = prepared(`WITH ${named.join(",\n")}\n${last}`);
  combinations.set(id, statement);
  return statement;
}
