import { StudyMateError } from "../../client/index.ts";
import type { Words } from "../locale/en.ts";

/** Why something was refused, in the words of the page. */
export function refusalText(error: unknown, { refused }: Words): string {
  const code = error instanceof StudyMateError ? error.code : "other";
  return code in refused ? refused[code as keyof typeof refused] : refused.other; // just looked up
}
