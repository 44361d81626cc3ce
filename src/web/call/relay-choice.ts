import { Preference } from "../shell/preferences.ts";

/** `only`: nobody in a call learns of this device's address. */
export const chosenRelay = new Preference("call.relay", ["auto", "only"], "auto");
