/** Composition root: what wrangler deploys. */
export { ChatRoom } from "../objects/chat-room/chat-room.ts";

import { app } from "./app.ts";

export default app;
