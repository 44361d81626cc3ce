/** The socket without a network is the one that the test kit gives to everybody. */
export {
  ScriptedSocket as FakeSocket,
  scriptedSockets as fakeSockets,
} from "../../../src/client/testing/scripted-socket.ts";
