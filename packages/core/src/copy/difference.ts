/** The first field in which two values of JSON differ, as `after.value`; undefined when they are equal. */
export function differingField(left: unknown, right: unknown, path = ""): string | undefined {
  if (left === right) return undefined;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right))
    return path;
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const field = path === "" ? name : `${path}.${name}`;
    const found = differingField(left[name], right[name], field);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
