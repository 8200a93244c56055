/** The command that gives a topic a subscriber. */
export function subscribeCommand(topic: string): string {
  return `syntha subscribe ${shellWord(topic)} --as AGENT`;
}

/** The command that shows whom an item should name instead. */
export function addressCommand(key: string, recipient: string, nearest: readonly string[]): string {
  const [name] = nearest;
  if (name === undefined) return `syntha why ${shellWord(recipient)} ${shellWord(key)}`;
  return `syntha push ${shellWord(key)} --to ${shellWord(name)}`;
}

/** Text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return /^[\w./:@%+=][\w./:@%+=-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
