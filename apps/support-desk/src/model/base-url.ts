/**
 * What is wrong with a base URL, in words that hold none of it that may be secret; undefined when SDKs can use it. They
 * put their paths behind it.
 */
export function problemOfUrl(given: string): string | undefined {
  if (!/^https?:\/\//i.test(given) || !URL.canParse(given)) {
    const named = given.includes("@") ? "" : `, not "${given}"`;
    return `is where a server speaks the vendor's protocol, such as http://127.0.0.1:11434/v1${named}`;
  }
  const { username, password, search, hash } = new URL(given);
  if (username !== "" || password !== "")
    return "holds no name and no password: a key belongs into the environment";
  if (search !== "" || hash !== "") return "ends with its path: nothing comes behind a ? or #";
  return undefined;
}
