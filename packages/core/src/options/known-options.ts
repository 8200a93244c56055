import { SynthaError } from "../error/syntha-error.ts";
import { nearest } from "../text/nearest.ts";

/** The names of a call's options. */
export interface KnownOptions {
  /** The call, or the option that contains them, for error messages. */
  readonly of: string;
  readonly names: ReadonlySet<string>;
}

type NamesOf<T> = T extends unknown ? keyof T & string : never;

/**
 * Lists every option of `T`: the compiler reports a missing one.
 * @__NO_SIDE_EFFECTS__
 */
export function knownOptions<T extends object>(
  of: string,
  names: Readonly<Record<NamesOf<T>, true>>,
): KnownOptions {
  return { of, names: new Set(Object.keys(names)) };
}

/**
 * Refuses misspelled options, as a type checker does: they would be ignored, and their defaults apply.
 * @param path The option or argument that contains `given`, unless it is the call's options themselves.
 * @param index The index of `given` in the list `path`.
 * @throws INVALID_ARGUMENTS for an unknown option, and for anything but an object
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
  // Dates, maps and promises have no enumerable properties; a class instance may have accessors for its options.
  if (isEmpty && !isPlain(given) && !hasAny(given, known))
    throw notOptions(known, pathOf(path, index));
}

/**
 * Refuses an object of options after the arguments of a call that takes none. Other surplus arguments are ignored, as in
 * JavaScript: the call may be a callback.
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

/** Methods do not count: a map's `keys` is not the option of that name. */
function hasAny(given: object, { names }: KnownOptions): boolean {
  for (const name of names) {
    const value: unknown = Reflect.get(given, name);
    if (value !== undefined && typeof value !== "function") return true;
  }
  return false;
}

/** Includes objects of another realm, whose prototype has no prototype either. */
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
