import type { CDPSession } from "playwright-core";
import type { Person } from "./support.ts";

/** A Korean keyboard, as an input method tells the browser of it. */
export class InputMethod {
  readonly #devtools: CDPSession;

  private constructor(devtools: CDPSession) {
    this.#devtools = devtools;
  }

  static async of({ context, page }: Person): Promise<InputMethod> {
    return new InputMethod(await context.newCDPSession(page));
  }

  /** Each step replaces the syllable that is being composed. */
  async compose(...steps: string[]): Promise<void> {
    for (const text of steps) {
      const end = text.length;
      await this.#devtools.send("Input.imeSetComposition", { text, selectionStart: end, selectionEnd: end });
    }
  }

  /** What was composed is text from now on. */
  async commit(text: string): Promise<void> {
    await this.#devtools.send("Input.insertText", { text });
  }

  /** The key that ends a composition, as a browser tells of a key that the input method takes. */
  async takenEnter(): Promise<void> {
    await this.#devtools.send("Input.dispatchKeyEvent", {
      type: "rawKeyDown",
      key: "Enter",
      windowsVirtualKeyCode: 229,
    });
    await this.#devtools.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", windowsVirtualKeyCode: 13 });
  }
}
