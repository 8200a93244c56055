import { proposeCompletions } from "@stricli/core";
import type { Cli } from "../cli.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** The hidden command by which a shell asks for completions: the words so far, the last of which is completed. */
export const COMPLETE = "__complete";

/** `syntha completion` */
export function printCompletion(this: Cli, _flags: object, shell: Shell): void {
  this.out.write(SCRIPTS[shell]);
}

/** Lines of a completion and its description, with a tab between them. */
export async function complete(cli: Cli, words: readonly string[]): Promise<void> {
  const { applicationFor } = await import("../app/application.ts");
  const proposals = await proposeCompletions(
    applicationFor(cli),
    words.length === 0 ? [""] : words,
    cli,
  );
  const partial = words.at(-1) ?? "";
  for (const { completion, brief } of proposals) {
    // Options are many: they are proposed once a word begins like one.
    const isWanted = partial.startsWith("-") || !completion.startsWith("-");
    if (isWanted && completion.startsWith(partial))
      await cli.out.stream(`${completion}\t${brief}\n`);
  }
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# eval "$(syntha completion bash)" in ~/.bashrc
_syntha() {
  local IFS=$'\\n' cur="\${COMP_WORDS[COMP_CWORD]}" cword=$COMP_CWORD
  local words=("\${COMP_WORDS[@]}")
  # Keys have colons, at which bash breaks words.
  declare -F _get_comp_words_by_ref >/dev/null && _get_comp_words_by_ref -n : cur words cword
  COMPREPLY=($(syntha ${COMPLETE} "\${words[@]:1:cword}" 2>/dev/null | cut -f1))
  declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$cur"
}
complete -F _syntha syntha
`,
  zsh: `#compdef syntha
# eval "$(syntha completion zsh)" in ~/.zshrc, after compinit
_syntha() {
  local -a proposals
  local line
  while IFS= read -r line; do
    proposals+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(syntha ${COMPLETE} "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)
  _describe syntha proposals
}
compdef _syntha syntha
`,
  fish: `# syntha completion fish | source in ~/.config/fish/config.fish
complete -c syntha -f -a '(syntha ${COMPLETE} (commandline -opc)[2..] (commandline -ct))'
`,
};
