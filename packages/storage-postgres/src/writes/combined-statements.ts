import { type Call, call, prepared, type Statement } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";

/** Combinations that a storage keeps: each is planned once for every connection. */
const MAX_COMBINATIONS = 64;
const MAX_STATEMENTS = 10;

const combinationsOf = new WeakMap<Tables, Map<string, Statement>>();

/**
 * Writes that touch no row in common as one statement, which costs the server and its client far less than each by
 * itself. All of them see what was there before, none what another writes. Each has the tenant as its first value.
 */
export function combineStatements(tables: Tables, calls: readonly Call[]): readonly Call[] {
  // One that writes in a WITH of its own can't stand within another.
  const whole = calls.filter(({ statement }) => statement.text.startsWith("WITH"));
  const parts = calls.filter((each) => !whole.includes(each));
  if (parts.length < 2 || parts.length > MAX_STATEMENTS) return calls;
  const statements = parts.map((each) => each.statement);
  // Rows that were too many for one statement are too many for this one too.
  if (new Set(statements).size < statements.length) return calls;
  const statement = combined(tables, statements);
  if (statement === undefined) return calls;
  const values = parts.flatMap((each) => each.values.slice(1));
  return [...whole, call(statement, parts[0]?.values[0], ...values)];
}

function combined(tables: Tables, statements: readonly Statement[]): Statement | undefined {
  const id = statements.map(({ name }) => name).join(" ");
  let combinations = combinationsOf.get(tables);
  if (combinations === undefined) combinationsOf.set(tables, (combinations = new Map()));
  const known = combinations.get(id);
  if (known !== undefined || combinations.size >= MAX_COMBINATIONS) return known;
  let taken = 0;
  const texts = statements.map(({ text }) => {
    const first = taken;
    return text.replace(/\$(\d+)/g, (parameter, digits: string) => {
      const number = Number(digits);
      if (number === 1) return parameter;
      taken = Math.max(taken, first + number - 1);
      return `$${first + number}`;
    });
  });
  const last = texts.pop() as string;
  const named = texts.map((text, at) => `w${at} AS (${text})`);
  const statement = prepared(`WITH ${named.join(",\n")}\n${last}`);
  combinations.set(id, statement);
  return statement;
}
