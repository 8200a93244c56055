import { SynthaError } from "@syntha/core";

/** By field of the value: the value that it must equal, or operators that must all hold. */
export type Filter = Readonly<Record<string, unknown>>;

type Operator = (field: unknown, operand: unknown) => boolean;

/** The operators of LangGraph's stores, with the meaning of `InMemoryStore`. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: equals,
  $ne: (field, operand) => !equals(field, operand),
  $gt: (field, operand) => Number(field) > Number(operand),
  $gte: (field, operand) => Number(field) >= Number(operand),
  $lt: (field, operand) => Number(field) < Number(operand),
  $lte: (field, operand) => Number(field) <= Number(operand),
  $in: (field, operand) => isIn(field, operand),
  $nin: (field, operand) => !isIn(field, operand),
  $exists: (field, operand) => (field !== undefined) === Boolean(operand),
};

/** @throws INVALID_ARGUMENTS for an unknown operator */
export function toTest(filter: Filter): (value: unknown) => boolean {
  const tests = Object.entries(filter).map(([name, expected]) => {
    // Such a field may exist, but `$or` is more likely meant as an operator.
    if (name.startsWith("$")) throw unknownOperator(name, name);
    const test = testOf(name, expected);
    return (value: unknown) => test(fieldOf(value, name));
  });
  return (value) => tests.every((test) => test(value));
}

function testOf(name: string, expected: unknown): (field: unknown) => boolean {
  const entries = isObject(expected) ? Object.entries(expected) : [];
  if (!entries.some(([operator]) => operator.startsWith("$")))
    return (field) => equals(field, expected);
  const tests = entries.map(([operator, operand]) => {
    if (!Object.hasOwn(OPERATORS, operator)) throw unknownOperator(name, operator);
    return (field: unknown) => (OPERATORS[operator] as Operator)(field, operand);
  });
  return (field) => tests.every((test) => test(field));
}

function unknownOperator(name: string, operator: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", `Unknown operator ${JSON.stringify(operator)}.`, {
    hint: `Operators: ${Object.keys(OPERATORS).join(", ")}. To match an object with such fields, use $eq.`,
    details: { path: `filter.${name}` },
  });
}

/** Own properties only. */
function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isIn(field: unknown, list: unknown): boolean {
  return Array.isArray(list) && list.some((entry) => equals(field, entry));
}

/** Equality of JSON values: the order of fields does not matter, the order of lists does. */
function equals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, i) => equals(one, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equals(a[name], b[name]))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
