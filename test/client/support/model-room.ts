/** The model that the client is compared with is the one that the test kit gives to everybody. */
export { type Deed, ModelRoom } from "../../../src/client/testing/model-room.ts";
