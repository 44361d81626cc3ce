/** `studymate/testing`: a network that fails on demand, people by script and a room without a server, for any test runner. */
export type { Deed, ModelPerson } from "./model-room.ts";
export type { Direction, LoggedFrame } from "./network-pipe.ts";
export {
  type AnyFrame,
  type ScriptedPerson,
  type ScriptedPersonOptions,
  type ScriptedSeat,
  type ServerFrame,
  scriptedPerson,
} from "./scripted-person.ts";
export { type Refusal, type ScriptedRoom, type ScriptedRoomOptions, scriptedRoom } from "./scripted-room.ts";
export { type FaultOptions, type TestNetwork, type TestNetworkOptions, testNetwork } from "./test-network.ts";
export type { WaitOptions } from "./waiting.ts";
