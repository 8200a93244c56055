import { type Application, buildApplication, type StricliIntegration } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { ROOT } from "../commands/root.ts";
import { exitCodeOf } from "../exit-code.ts";
import { interruptCode, isInterruption } from "../interrupt.ts";
import { ownVersion } from "../version.ts";
import { helpOf } from "./help.ts";
import { messagesFor } from "./messages.ts";

const HELP: StricliIntegration<Cli> = {
  flag: {
    brief: "Print help",
    aliases: ["h"],
    global: true,
    defaultForRouteMap: true,
    run(_app, { result }) {
      this.process.stdout.write(helpOf(result.target, result.prefix));
    },
  },
};

const PRINT_VERSION: StricliIntegration<Cli> = {
  flag: {
    brief: "Print the version",
    aliases: ["v"],
    run() {
      this.process.stdout.write(`${ownVersion()}\n`);
    },
  },
};

export function applicationFor(cli: Cli): Application<Cli> {
  return buildApplication<Cli>(
    ROOT,
    {
      name: "syntha",
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
      documentation: { disableAnsiColor: true },
      localization: { text: messagesFor(cli) },
      determineExitCode: (error) =>
        isInterruption(error, cli.signal) ? interruptCode(cli.signal) : exitCodeOf(error),
    },
    { help: HELP, version: PRINT_VERSION },
  );
}
