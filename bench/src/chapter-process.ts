import { chapters } from "./chapters.ts";
import { draw } from "./figure.ts";

// Draws the chapter that the first argument names, and sends each line to the process that started this one.
const chapter = chapters.find(({ title }) => title === process.argv[2]);
if (chapter === undefined) throw new Error(`There is no chapter "${process.argv[2]}".`);
for await (const figure of chapter.figures()) process.send?.(await draw(figure));
process.disconnect();
