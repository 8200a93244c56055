import type {
  GetPromptResult,
  InputRequiredResult,
  Prompt,
  PromptMessage,
  ServerContext,
} from "@modelcontextprotocol/server";
import { image, resource, text } from "./content.ts";
import { askFor, missing } from "./questions.ts";

type Arguments = Readonly<Record<string, string>>;

interface TestPrompt {
  /** Names of its arguments, all required. */
  readonly arguments?: readonly string[];
  render(
    context: ServerContext,
    args: Arguments,
  ): GetPromptResult | Promise<GetPromptResult | InputRequiredResult>;
}

const fromUser = (...contents: PromptMessage["content"][]): GetPromptResult => ({
  messages: contents.map((content) => ({ role: "user", content })),
});

/** The prompts that the scenarios get, by the names that they look for. */
export const PROMPTS: Readonly<Record<string, TestPrompt>> = {
  test_simple_prompt: { render: () => fromUser(text("This is a simple prompt for testing.")) },
  test_prompt_with_arguments: {
    arguments: ["arg1", "arg2"],
    render: (_context, { arg1, arg2 }) =>
      fromUser(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  },
  test_prompt_with_embedded_resource: {
    arguments: ["resourceUri"],
    render: (_context, { resourceUri }) =>
      fromUser(
        resource(String(resourceUri), "text/plain", "Embedded resource content for testing."),
        text("Please process the embedded resource above."),
      ),
  },
  test_prompt_with_image: {
    render: () => fromUser(image, text("Please analyze the image above.")),
  },
  test_input_required_result_prompt: {
    render: async (context) => {
      const question = askFor("What context should the prompt use?", "context");
      return (
        (await missing(context, { user_context: question })) ?? fromUser(text("With context."))
      );
    },
  },
};

export const promptList: Prompt[] = Object.entries(PROMPTS).map(([name, prompt]) => ({
  name,
  description: "For the conformance scenarios.",
  arguments: (prompt.arguments ?? []).map((argument) => ({ name: argument, required: true })),
}));
