import { SynthaError } from "../error/syntha-error.ts";
import { nearest } from "../text/nearest.ts";

/** The options of one call. */
export interface KnownOptions {
  /** The call, or the option that holds these: for errors. */
  readonly of: string;
  readonly names: ReadonlySet<string>;
}

type NamesOf<T> = T extends unknown ? keyof T & string : never;

/** Every option of `T`, by name: the compiler refuses a missing one. */
export function knownOptions<T extends object>(
  of: string,
  names: Readonly<Record<NamesOf<T>, true>>,
): KnownOptions {
  return { of, names: new Set(Object.keys(names)) };
}

/**
 * Refuses what a type checker would: a misspelt option would be ignored, and its default apply.
 * @param path The option or argument that holds `given`, where that is not all of the call's options.
 * @param index The place of `given` in the list `path`.
 * @throws INVALID_ARGUMENTS for an unknown option, and for anything but an object of options.
 */
export function checkOptions(
  given: unknown,
  known: KnownOptions,
  path?: string,
  index?: number,
): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw notOptions(known, pathOf(path, index));
  let isEmpty = true;
  for (const name in given) {
    if (!known.names.has(name) && Object.hasOwn(given, name))
      throw unknownOption(name, known, pathOf(path, index));
    isEmpty = false;
  }
  // Dates, maps and promises have no properties to look at; an instance may have accessors for its options.
  if (isEmpty && !isPlain(given) && !hasAny(given, known))
    throw notOptions(known, pathOf(path, index));
}

/**
 * Refuses an object of options behind the arguments of a call that takes none. Other surplus arguments are ignored, as
 * JavaScript does: the call may be a callback.
 * @throws INVALID_ARGUMENTS
 */
export function refuseOptions(of: string, surplus: unknown): void {
  if (typeof surplus !== "object" || surplus === null || !isPlain(surplus)) return;
  const [name] = Object.keys(surplus);
  if (name === undefined) return;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `Unknown option \`${name}\`: ${of} takes no options.`,
    {
      hint: `Call ${of} without it.`,
      details: { path: name },
    },
  );
}

function pathOf(path: string | undefined, index: number | undefined): string | undefined {
  return index === undefined ? path : `${path}[${index}]`;
}

/** Methods don't count: a map has one that is called as some calls' option is. */
function hasAny(given: object, { names }: KnownOptions): boolean {
  for (const name of names) {
    const value: unknown = Reflect.get(given, name);
    if (value !== undefined && typeof value !== "function") return true;
  }
  return false;
}

/** Also an object of another realm, whose prototype is another one without a prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    prototype === Object.prototype ||
    Object.getPrototypeOf(prototype) === null
  );
}

function unknownOption(name: string, known: KnownOptions, path: string | undefined): SynthaError {
  const [near] = nearest(name, known.names, 1);
  const guess = near === undefined ? "" : `Did you mean \`${near}\`? `;
  const full = path === undefined ? name : `${path}.${name}`;
  return new SynthaError("INVALID_ARGUMENTS", `Unknown option \`${full}\` for ${known.of}.`, {
    hint: `${guess}${listOf(known)}`,
    details: { path: full },
  });
}

function notOptions(known: KnownOptions, path: string | undefined): SynthaError {
  const what = path === undefined ? "The options" : `\`${path}\``;
  return new SynthaError("INVALID_ARGUMENTS", `${what} of ${known.of} must be an object.`, {
    hint: listOf(known),
    details: { path: path ?? "options" },
  });
}

function listOf({ of, names }: KnownOptions): string {
  return `Options of ${of}: ${[...names].join(", ")}.`;
}
