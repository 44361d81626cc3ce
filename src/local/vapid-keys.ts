/** What `npm run vapid-keys` runs: prints a new pair of keys for web push (docs/push.md). Nothing is kept. */
import { newPushKeys } from "./push-key.ts";

const { privateKey, publicKey } = newPushKeys();
console.log(`VAPID_PRIVATE_KEY=${privateKey}
# Derived from it, for browsers; the server tells them by itself: ${publicKey}`);
