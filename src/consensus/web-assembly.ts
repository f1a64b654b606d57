/**
 * Starting a small WebAssembly module that stands in the code as base64, at once (not in a promise): consensus is synchronous.
 *
 * WebAssembly is a plain function of bytes here: the modules import nothing, so they can reach neither clock nor network.
 * Where it does not exist, or a page's Content-Security-Policy refuses it (`wasm-unsafe-eval`), the caller takes JavaScript.
 */

/** As much of the JavaScript API of WebAssembly as we use; neither ES2023 nor Node's types describe it. */
export interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
}

/** The memory that a module exports. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** By pages of 65,536 bytes. Views of the buffer are empty afterwards. @throws RangeError when there is no more */
  grow(pages: number): number;
}

declare const WebAssembly: WebAssemblyApi | undefined;

/** What this place offers. */
export function webAssemblyHere(): WebAssemblyApi | undefined {
  return typeof WebAssembly === 'undefined' ? undefined : WebAssembly;
}

const BASE64_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes of a base64 text of our own making: no line breaks, padded. (Node's Buffer and a page's atob are not everywhere.) */
export function base64ToBytes(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/=+$/, '');
  const bytes = new Uint8Array((digits.length * 3) >> 2);
  let bits = 0;
  let at = 0;
  for (let i = 0; i < digits.length; i++) {
    bits = (bits << 6) | BASE64_DIGITS.indexOf(digits.charAt(i));
    if (i % 4 > 0) bytes[at++] = bits >> (6 - 2 * (i % 4));
  }
  return bytes;
}

/** The exports of a module; undefined where it cannot be started. @param api injected by tests */
export function startModule(base64: string, api = webAssemblyHere()): unknown {
  if (api === undefined) return undefined;
  try {
    return new api.Instance(new api.Module(base64ToBytes(base64))).exports;
  } catch {
    return undefined;
  }
}
