import {
  type ApplicationText,
  type ArgumentParseError,
  ArgumentScannerError,
  formatMessageForArgumentScannerError,
  text_en,
} from "@stricli/core";
import { nearest } from "@syntha/core/storage";
import { Interrupted, isInterruption } from "../interrupt.ts";
import { errorLines } from "./error-lines.ts";
import { visible } from "../terminal/escape.ts";
import type { Cli } from "../cli.ts";

/** What the program says about a command line and about errors. */
export function messagesFor(cli: Cli): ApplicationText {
  const toText = (error: unknown): string => errorLines(error, cli).join("\n");
  return {
    ...text_en,
    exceptionWhileParsingArguments: (error) => toText(usageProblem(error)),
    exceptionWhileLoadingCommandFunction: toText,
    exceptionWhileLoadingCommandContext: toText,
    exceptionWhileRunningCommand: (error) =>
      isInterruption(error, cli.signal) ? interruptText(error, cli) : toText(error),
    exceptionWhileRunningIntegrationFlag: ({ exception }) => toText(exception),
    exceptionWhileRunningIntegrationHook: ({ exception }) => toText(exception),
    commandErrorResult: toText,
    noCommandRegisteredForInput: ({ input, corrections }) =>
      toText(unknownCommand(input, corrections)),
  };
}

/** A person who ends a command knows it: only a note is printed, on what is left of the work. */
function interruptText(error: unknown, cli: Cli): string {
  const isNote = error instanceof Interrupted && error.message !== "";
  return isNote ? errorLines(error, cli).join("\n") : "";
}

/** @param corrections in backticks, which may be far off */
function unknownCommand(input: string, corrections: readonly string[]): string {
  const [near] = nearest(
    input,
    corrections.map((each) => each.replaceAll("`", "")),
    1,
  );
  const guess = near === undefined ? "" : ` Did you mean "${near}"?`;
  return `Unknown command "${visible(input)}".${guess}\nsyntha --help lists the commands.`;
}

function usageProblem(error: unknown): unknown {
  if (!(error instanceof ArgumentScannerError)) return error;
  return formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections, aliasName }) => {
      const option = aliasName === undefined ? `--${input}` : `-${aliasName}`;
      const guess = corrections.map((name) => `--${name}`).join(" or ");
      return `Unknown option ${visible(option)}.${guess === "" ? "" : ` Did you mean ${guess}?`}`;
    },
    AliasNotFoundError: ({ input }) =>
      `Unknown option -${visible(input)}.\nNames that begin with a hyphen follow --.`,
    ArgumentParseError: ({
      externalFlagNameOrPlaceholder,
      input,
      exception,
    }: ArgumentParseError) => {
      const option = /^[A-Z]/.test(externalFlagNameOrPlaceholder)
        ? externalFlagNameOrPlaceholder
        : `--${externalFlagNameOrPlaceholder}`;
      const reason = exception instanceof Error ? ` ${exception.message}` : "";
      return `${option} can't be "${visible(input)}".${reason}`;
    },
    UnsatisfiedFlagError: ({ externalFlagName }) => `--${externalFlagName} needs a value.`,
    UnsatisfiedPositionalError: ({ placeholder }) => `${placeholder} is missing.`,
    UnexpectedPositionalError: ({ input }) => `Unexpected argument "${visible(input)}".`,
    EnumValidationError: ({ externalFlagName, input, values }) =>
      `--${externalFlagName} is ${values.join(" or ")}, not "${visible(input)}".`,
  });
}
