import { styleText } from "node:util";

/** The colours of what is shown. */
export type Style =
  | "bold"
  | "dim"
  | "red"
  | "green"
  | "yellow"
  | "blue"
  | "magenta"
  | "cyan"
  | "blueBright"
  | "magentaBright"
  | "cyanBright";

/** Applies a style, or none where colours are off. */
export type Paint = (style: Style | readonly Style[], text: string) => string;

export const PLAIN: Paint = (_style, text) => text;

export const COLORS: Paint = (style, text) =>
  styleText(style as Parameters<typeof styleText>[0], text, { validateStream: false });

/** Whether a stream gets colours: a terminal, unless NO_COLOR or FORCE_COLOR decide otherwise. */
export function wantsColor(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

const AGENT_STYLES: readonly Style[] = [
  "cyan",
  "magenta",
  "blue",
  "green",
  "yellow",
  "cyanBright",
  "magentaBright",
  "blueBright",
];

/** The same colour for the same agent, everywhere: by the FNV-1a hash of its name. */
export function styleOfAgent(name: string): Style {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < name.length; at++)
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01_00_01_93);
  return AGENT_STYLES[((hash ^ (hash >>> 16)) >>> 0) % AGENT_STYLES.length] as Style;
}
