/** The bundler gives a file's text. */
declare module "*.html?raw" {
  const text: string;
  export default text;
}
