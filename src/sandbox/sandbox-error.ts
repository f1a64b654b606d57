/** The sandbox says no. */
export type SandboxReason =
  'no-sandbox' | 'sandbox-runs' | 'sandbox-busy' | 'sandbox-full' | 'sandbox-refused' | 'sandbox-failed';

export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly reason: SandboxReason;

  constructor(reason: SandboxReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
