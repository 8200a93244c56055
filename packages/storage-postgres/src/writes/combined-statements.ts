import { type Call, call, prepared, type Statement } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";

/** The most combinations per storage, as each is prepared once per connection. */
const MAX_COMBINATIONS = 64;
const MAX_STATEMENTS = 10;

const combinationsOf = new WeakMap<Tables, Map<string, Statement>>();

/**
 * Combines writes to different rows into one statement, which costs the server and the client far less than several. All
 * of them see the state before the statement, and none what another one writes. The first value of each is the tenant.
 */
export function combineStatements(tables: Tables, calls: readonly Call[]): readonly Call[] {
  // A data-modifying WITH is only allowed at the top level.
  const separate = calls.filter(({ statement }) => statement.text.startsWith("WITH"));
  const parts = calls.filter((each) => !separate.includes(each));
  if (parts.length < 2 || parts.length > MAX_STATEMENTS) return calls;
  const statements = parts.map((each) => each.statement);
  // Rows that were too many for one statement are too many for this one too.
  if (new Set(statements).size < statements.length) return calls;
  const statement = combined(tables, statements);
  if (statement === undefined) return calls;
  const values = parts.flatMap((each) => each.values.slice(1));
  return [...separate, call(statement, parts[0]?.values[0], ...values)];
}

function combined(tables: Tables, statements: readonly Statement[]): Statement | undefined {
  const id = statements.map(({ name }) => name).join(" ");
  let combinations = combinationsOf.get(tables);
  if (combinations === undefined) combinationsOf.set(tables, (combinations = new Map()));
  const known = combinations.get(id);
  if (known !== undefined || combinations.size >= MAX_COMBINATIONS) return known;
  let used = 0;
  const texts = statements.map(({ text }) => {
    const first = used;
    return text.replace(/\$(\d+)/g, (parameter, digits: string) => {
      const number = Number(digits);
      if (number === 1) return parameter;
      used = Math.max(used, first + number - 1);
      return `$${first + number}`;
    });
  });
  const last = texts.pop() as string;
  const named = texts.map((text, at) => `w${at} AS (${text})`);
  const statement = prepared(`WITH ${named.join(",\n")}\n${last}`);
  combinations.set(id, statement);
  return statement;
}
