/** `studymate/media`: sends files to the server and fetches them from it. Holds no state of its own. */
export { type FetchFileOptions, fetchFile } from "./fetch-file.ts";
export { type UploadedFile, type UploadFileOptions, uploadFile } from "./upload-file.ts";
