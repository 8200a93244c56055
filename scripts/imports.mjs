import { parseSync } from "oxc-parser";

/**
 * Every module that a source file names: static imports, re-exports and dynamic imports of a literal.
 * Type imports count too, since a declaration file needs them at the user's.
 *
 * @param {string} path its ending gives the language
 * @param {string} text
 * @returns {string[]}
 */
export function importsOf(path, text) {
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
  const specifiers = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries)
      if (moduleRequest) specifiers.push(moduleRequest.value);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(["'`])([^$]*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (literal?.[2] !== undefined) specifiers.push(literal[2]);
  }
  return [...new Set(specifiers)];
}
